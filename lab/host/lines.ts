import type { Socket } from "node:net";

/** Calls back for each whole line that a socket brings. (readline throws a socket's errors into the air.) */
export function onLines(socket: Socket, take: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() as string;
    for (const line of lines) if (line.trim() !== "") take(line);
  });
}
