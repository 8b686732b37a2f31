// What is on the screen: the fields of `Screen` in screen.rs.
const all = id => [...document.querySelectorAll(`[data-testid="${id}"]`)];
const one = id => document.querySelector(`[data-testid="${id}"]`);
const text = (element, css) => element?.querySelector(css)?.textContent ?? null;

// Messages of one author in a row stand under one name.
let author = '';
const messages = all('message').map(row => {
  author = text(row, 'header b') ?? author;
  return {
    seq: row.dataset.seq ? Number(row.dataset.seq) : null,
    state: row.dataset.state ?? '',
    author,
    text: text(row, '[data-testid="message-text"]') ?? '',
    edited: row.querySelector('.edited') !== null,
    reactions: [...row.querySelectorAll('.reactions button')].map(chip =>
      [chip.firstChild?.textContent, chip.querySelector('span')?.textContent].join(' ')),
  };
});

return {
  status: one('status')?.dataset.status ?? '',
  room: text(document, 'main h1') ?? '',
  messages,
  people: all('person').map(person => text(person, '.name') ?? ''),
  rooms: all('room-link').map(room => ({
    name: room.dataset.room ?? '',
    news: room.querySelector('.unread, .dot') !== null,
  })),
  composer: one('composer')?.value ?? '',
  nickname: text(one('nickname'), '.name'),
  jump: one('jump-new')?.textContent ?? null,
  hasOlder: one('load-older') !== null,
};
