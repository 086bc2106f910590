// A bare Node socket.io relay with its defaults: node_relay.js PORT. socket.io is found through NODE_PATH.
"use strict";
const server = require("node:http").createServer();
const io = new (require("socket.io").Server)(server);

io.on("connection", (socket) => {
  socket.on("join", (data, ack) => {
    socket.join(data.room);
    ack({ joined: data.room });
  });
  socket.on("message_send", (data, ack) => {
    io.to(data.room).emit("message_stored", { message: data });
    ack({ message: data });
  });
});
server.listen(Number(process.argv[2]), "127.0.0.1");
