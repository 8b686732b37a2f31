// Measures from inside the page; set before anything of it runs. `frames` are the times between two of the browser's
// frames. A worker that has nothing to do notes when it could not run either: then the machine was busy with others.
window.measured = { frames: [], tasks: [], first: {}, shift: 0 };
new PerformanceObserver(list => {
  for (const { startTime, duration } of list.getEntries()) window.measured.tasks.push([startTime, duration]);
}).observe({ entryTypes: ['longtask'] });

// What moved though nobody had touched anything, in the browsers' own measure.
new PerformanceObserver(list => {
  for (const { hadRecentInput, value } of list.getEntries()) window.measured.shift += hadRecentInput ? 0 : value;
}).observe({ type: 'layout-shift', buffered: true });

// When what the page is for was there.
const parts = {
  composer: '[data-testid=composer]',
  message: '[data-testid=message]',
  live: '[data-testid=status][data-status=live]',
};
const seen = new MutationObserver(() => {
  const { first } = window.measured;
  for (const [name, css] of Object.entries(parts)) {
    if (!(name in first) && document.querySelector(css)) first[name] = performance.now();
  }
  if (Object.keys(parts).every(name => name in first)) seen.disconnect();
});
seen.observe(document, { attributes: true, childList: true, subtree: true });

window.record = () => {
  const { measured } = window;
  measured.frames = [];
  measured.tasks = [];
  const idle = `let last = performance.timeOrigin + performance.now(); const gaps = [];
    const tick = () => { const now = performance.timeOrigin + performance.now();
      if (now - last > 12) gaps.push([last, now]); last = now; setTimeout(tick, 4); };
    onmessage = () => postMessage(gaps); tick();`;
  const worker = new Worker(URL.createObjectURL(new Blob([idle])));
  let last = null, runs = true;
  const frame = now => {
    if (last !== null) measured.frames.push([last, now - last]);
    last = now;
    if (runs) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  return async () => {
    runs = false;
    const gaps = await new Promise(done => { worker.onmessage = event => done(event.data); worker.postMessage(0); });
    worker.terminate();
    const starved = ([start, length]) => gaps.reduce((sum, [from, to]) =>
      sum + Math.max(0, Math.min(to - performance.timeOrigin, start + length) - Math.max(from - performance.timeOrigin, start)), 0);
    const times = measured.frames.map(([, length]) => length).sort((a, b) => a - b);
    const at = part => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
    const slow = measured.frames.filter(([, length]) => length > 33.4);
    return {
      frames: times.length, median: at(0.5), p99: at(0.99), max: at(1), slow: slow.length,
      starved: slow.filter(frame => starved(frame) > 12).length,
      tasks: measured.tasks.length, longest: Math.max(0, ...measured.tasks.map(([, length]) => length)),
      drawn: document.querySelectorAll('[data-seq]').length,
    };
  };
};

window.view = () => document.querySelector('[role=log]').parentElement;
window.frame = () => new Promise(requestAnimationFrame);
