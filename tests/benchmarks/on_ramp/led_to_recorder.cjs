// Leads every connection of a process to a recorder on this machine, whatever host and port it names.
//
// By itself with `node --require`, where RECORDER_PORTS is `PLAIN TLS`; or by `lead`.
"use strict";
const net = require("net");
const tls = require("tls");

function lead(plain, secure) {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...given) {
    const port = Number(this instanceof tls.TLSSocket ? secure : plain);
    const first = Array.isArray(given[0]) ? given[0][0] : given[0];
    const done = (Array.isArray(given[0]) ? given[0] : given).find((one) => typeof one === "function");
    const more = first && typeof first === "object" ? first : {};
    return connect.call(this, { ...more, host: "127.0.0.1", port, lookup: undefined }, done);
  };
}

module.exports = { lead };
if (process.env.RECORDER_PORTS) lead(...process.env.RECORDER_PORTS.split(" "));
