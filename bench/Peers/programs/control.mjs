// The control endpoint of a front, on a port of its own: GET /control answers the statistics, POST /control takes a JSON object
// whose keys are those of the handlers given.
import http from 'node:http';
import { bodyOf, listen } from './process.mjs';

export function control(statistics, handlers) {
  return listen(http.createServer(async (request, response) => {
    try {
      if (request.url !== '/control') {
        response.writeHead(404).end();
        return;
      }
      if (request.method === 'POST') {
        const wanted = JSON.parse(await bodyOf(request));
        for (const name of Object.keys(wanted)) {
          if (!(name in handlers)) throw new Error(`unknown '${name}'; known: ${Object.keys(handlers).join(', ')}`);
        }
        for (const [name, value] of Object.entries(wanted)) handlers[name](value);
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(statistics()));
    } catch (error) {
      response.writeHead(400, { 'content-type': 'text/plain' }).end(error.message);
    }
  }));
}

// Counts requests as they come and go, and connections.
export class Traffic {
  constructor() {
    this.openConnections = 0;
    this.inFlight = 0;
    this.reset();
  }

  reset() {
    this.requests = {};
    this.connections = 0;
    this.mostInFlight = this.inFlight;
  }

  begin(operation) {
    this.requests[operation] = (this.requests[operation] ?? 0) + 1;
    this.inFlight++;
    if (this.inFlight > this.mostInFlight) this.mostInFlight = this.inFlight;
  }

  end() {
    this.inFlight--;
  }

  connected(socket) {
    this.connections++;
    this.openConnections++;
    socket.setNoDelay(true);
    socket.once('close', () => this.openConnections--);
  }
}
