// The classic long-polling chat, written anew for measuring: it keeps who waits, never what was said.
'use strict';

const http = require('http');

const rooms = new Map();

function roomOf(url) {
  const name = url.slice(url.indexOf('room=') + 5);
  if (!rooms.has(name)) rooms.set(name, new Set());
  return rooms.get(name);
}

function subscribe(request, response) {
  const waiting = roomOf(request.url);
  waiting.add(response);
  request.on('close', () => waiting.delete(response));
}

function publish(request, response) {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (part) => { text += part; });
  request.on('end', () => {
    const waiting = roomOf(request.url);
    const headers = {
      'Content-Type': 'text/plain;charset=utf-8',
      'Cache-Control': 'no-cache, must-revalidate',
      'Content-Length': Buffer.byteLength(text),
    };
    for (const subscriber of waiting) subscriber.writeHead(200, headers).end(text);
    waiting.clear();
    response.writeHead(200, { 'Content-Length': 2 }).end('ok');
  });
}

const server = http.createServer((request, response) => {
  if (request.url.startsWith('/subscribe')) subscribe(request, response);
  else publish(request, response);
});
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.timeout = 0;
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 });
