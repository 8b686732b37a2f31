//! The scripts that run in the page while it is measured. Each returns when it is done.

/// The helpers of the other scripts.
pub(crate) const PAGE: &str = include_str!("page.js");

/// Measures the start: first paint, first composer and message, the time until live, layout shift, and loaded bytes.
pub(crate) const START: &str = r"
const paint = name => performance.getEntriesByName(name)[0]?.startTime ?? -1;
const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
const files = loaded.filter(entry => !entry.name.includes('/api/'));
const { first, shift } = window.measured;
return {
  paint: paint('first-paint'), contentful: paint('first-contentful-paint'),
  wasm: loaded.find(entry => entry.name.includes('.wasm'))?.responseEnd ?? -1,
  composer: first.composer ?? -1, message: first.message ?? -1, live: first.live ?? -1,
  'shift, thousandths': shift * 1000,
  bytes: files.reduce((sum, entry) => sum + entry.encodedBodySize, 0),
  sent: loaded.reduce((sum, entry) => sum + entry.transferSize, 0),
};";

/// Scrolls to the top until the whole room is loaded; measures the time.
pub(crate) const LOAD: &str = r"
const begin = performance.now();
const stop = window.record();
return (async () => {
  while (document.querySelector('[data-testid=load-older]')) {
    window.view().scrollTop = 0;
    await window.frame();
  }
  return { seconds: (performance.now() - begin) / 1000, ...await stop() };
})();";

/// Turns the wheel without a pause, in both directions, from the middle of the room.
pub(crate) const WHEEL: &str = r"
const view = window.view();
view.scrollTop = view.scrollHeight / 2;
const [seconds, step] = arguments;
return (async () => {
  for (let n = 0; n < 10; n++) await window.frame();
  const stop = window.record(), begin = performance.now();
  for (let now = begin; now - begin < seconds * 1000; now = performance.now()) {
    view.scrollTop += now - begin < seconds * 500 ? step : -step;
    await window.frame();
  }
  return stop();
})();";

/// Drags the scroll bar through the whole room, with a leap every fifth frame.
pub(crate) const DRAG: &str = r"
const view = window.view();
const [seconds] = arguments;
return (async () => {
  const stop = window.record(), begin = performance.now();
  for (let n = 0; performance.now() - begin < seconds * 1000; n++) {
    view.scrollTop = view.scrollHeight * (Math.abs((n * 37) % 200 - 100) / 100);
    for (let pause = 0; pause < 5; pause++) await window.frame();
  }
  return stop();
})();";

/// Stays at the end or in the middle, as a reader does.
pub(crate) const STAY: &str = r"
const view = window.view();
const [seconds, place] = arguments;
return (async () => {
  view.scrollTop = view.scrollHeight * place;
  for (let n = 0; n < 30; n++) await window.frame();
  const stop = window.record(), begin = performance.now();
  while (performance.now() - begin < seconds * 1000) await window.frame();
  return stop();
})();";
