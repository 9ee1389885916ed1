// node:http, except by an import. An import of it reads all of its members, WebSocket among them, and for that Node.js loads
// its own HTTP client and web streams: megabytes of a process that uses neither.

export const { createServer, request, STATUS_CODES } = process.getBuiltinModule('node:http');
