// Gives what differs between two runs a fixed value: times, colours, the blinking caret. `arguments[0]` has the times.
const rows = [...document.querySelectorAll('[data-testid=message]')];
rows.forEach((row, at) => row.querySelectorAll('time').forEach(time => { time.textContent = arguments[0][at]; }));

const hues = { Mara: 0, Jonas: 6, Aiko: 10, Priya: 2, 'Tomás': 14, Robin: 8, Weather: 12 };
const paint = (element, name) => {
  if (!element || !(name in hues)) return;
  element.classList.forEach(word => { if (/^hue-\d+$/.test(word)) element.classList.remove(word); });
  element.classList.add(`hue-${hues[name]}`);
};
for (const name of document.querySelectorAll('b[class*=hue-]')) paint(name, name.textContent);
for (const badge of document.querySelectorAll('.badge')) {
  paint(badge, badge.parentElement.querySelector('header b, .name')?.textContent);
}

document.documentElement.style.caretColor = 'transparent';
