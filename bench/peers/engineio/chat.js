// Engine.IO with polling alone: a room's messages go to every session in it.
'use strict';

const http = require('http');
const { Server } = require('engine.io');

const rooms = new Map();

function roomOf(url) {
  const name = new URL(url, 'http://bench').searchParams.get('room');
  if (!rooms.has(name)) rooms.set(name, new Set());
  return rooms.get(name);
}

const server = http.createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (part) => { text += part; });
  request.on('end', () => {
    for (const session of roomOf(request.url)) session.send(text);
    response.writeHead(200, { 'Content-Length': 2 }).end('ok');
  });
});
const engine = new Server({
  transports: ['polling'], pingInterval: 3600000, pingTimeout: 3600000, httpCompression: false,
});
engine.on('connection', (session) => {
  const members = roomOf(session.request.url);
  members.add(session);
  session.on('close', () => members.delete(session));
});
engine.attach(server, { path: '/engine.io/' });
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.timeout = 0;
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 });
