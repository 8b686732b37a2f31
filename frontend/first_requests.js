// Sends the client's first requests while the client is still loading: the door, a session where the door lets
// strangers in, the rooms, the accounts, the newest messages of the room in the address, and its presence, by the first
// poll. The client takes each response once, in place of sending the same request
// (`frontend/src/api/first_answers.rs`). Sends no request that would be refused, because browsers log refusals to the
// console: the promise of a request that was not sent resolves to `undefined`, and the client sends it itself.
{
  const base = new URL("./", document.baseURI);
  // Some browsers that support everything else lack `AbortSignal.timeout`.
  const within = milliseconds => {
    const deadline = new AbortController();
    setTimeout(() => deadline.abort(), milliseconds);
    return deadline.signal;
  };
  const ask = async (route, options) => {
    // The same deadline as the client's.
    const signal = within(20_000);
    const response = await fetch(new URL(`api/v1/${route}`, base), { cache: "no-store", redirect: "manual", signal, ...options });
    // Includes the whole body, so that the client need not wait for it.
    return { response, body: await response.text() };
  };
  const content = async answer => {
    const given = await answer;
    return given && JSON.parse(given.body);
  };
  // `null` if the browser denies access to its storage.
  const kept = name => {
    try {
      return localStorage.getItem(`holdline:${base.pathname}:${name}`);
    } catch {
      return null;
    }
  };
  const roomInAddress = () => {
    const path = location.pathname.slice(base.pathname.length);
    if (path === "" || path === "index.html") return "lobby";
    try {
      return decodeURIComponent(/^r\/([^/]+)(\/\d+)?$/.exec(path)?.[1] ?? "").toLowerCase();
    } catch {
      return "";
    }
  };

  // A reader who was inside before does not wait for the door's response, and knows the rooms that they visited.
  const wasInside = kept("me") !== null;
  const isNew = !wasInside && kept("visited") === null && navigator.cookieEnabled;
  const door = ask("door");
  const status = content(door);
  const askInside = async route => {
    const mayAsk = wasInside || (await status).person || (await status).door === "open";
    return mayAsk ? ask(route) : undefined;
  };
  const rooms = askInside("rooms");
  const list = content(rooms);
  const askMessages = async (room, route) => {
    const wasHere = wasInside && (room === "lobby" || kept("visited")?.includes(JSON.stringify(room)));
    const isThere = wasHere || (await list)?.rooms.some(({ name }) => name === room);
    return isThere ? ask(route) : undefined;
  };
  const askSession = async () => {
    const { door, person } = await status;
    if (person || !["open", "proxy"].includes(door)) return undefined;
    const post = () => ask("session", { method: "POST", body: "{}", headers: { "content-type": "application/json" } });
    // One tab of the browser at a time, as in the client.
    const patience = { signal: within(5_000) };
    return navigator.locks ? navigator.locks.request(`holdline:${base.pathname}:session`, patience, post) : post();
  };
  const room = roomInAddress();
  const route = `rooms/${encodeURIComponent(room)}/messages`;
  const answers = {
    "GET door": door,
    "GET rooms": rooms,
    "GET people": askInside("people"),
    "POST session": askSession(),
  };
  if (room) answers[`GET ${route}`] = askMessages(room, route);

  // A new reader's first poll is for this room alone. It is answered at once, with the people present.
  const askPoll = async (session, messages) => {
    const isSomebody = (await status).person || (await session)?.response.ok;
    const cursor = (await content(messages))?.cursor;
    // A client that has already taken the messages polls by itself.
    if (!isNew || !isSomebody || !cursor || !(`GET ${route}` in answers)) return;
    const name = encodeURIComponent(room);
    const poll = `poll?room=${name}&after=${cursor}&wait=0&here=${name}&memberships=0`;
    answers[`GET ${poll}`] = ask(poll);
    answers[`GET ${poll}`].catch(() => {});
  };
  const poll = askPoll(answers["POST session"], answers[`GET ${route}`]);

  // The client sees a failure when it takes the response, if it does.
  for (const promise of [list, poll, ...Object.values(answers)]) promise.catch(() => {});
  window.firstAnswers = answers;
  setTimeout(() => delete window.firstAnswers, 20_000);
}
