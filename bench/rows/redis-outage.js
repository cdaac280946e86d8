import { load } from "@azidentity/examples/web-service/load.js";
import { exactly } from "../asked.js";
import { openAuthority, openService } from "../web-service.js";

const USERS = 2_000;
const STOPPED_MS = 10_000;
/** Of each batch of calls, so many are of users whom nobody has seen, while there are any. */
const NEW = 40;
const KNOWN = 160;

export const row = {
	title: "Redis stopped for 10 s while a web service is busy",
	how: "The web service, two processes of it; Redis neither answers nor closes its connections for 10 s (`SIGSTOP`) while 32 clients send requests, a fifth of them of users whose tokens have to be asked for. Then it goes on, and so do they.",
	unit: "",
	subjects: ["azidentity"],
	turns: { full: 1, quick: 1 },
	columns: [
		{ key: "failed", title: "requests failed" },
		{ key: "sent", title: "requests while it was stopped" },
		{ key: "asked", title: "tokens asked for then" },
		{ key: "p50", title: "half within", unit: "ms" },
		{ key: "p99", title: "99 % within, the slowest batch", unit: "ms" },
	],
	asked: [exactly(0, "none", { title: "Redis stopped for 10 s: failed" })],
	open: () => openAuthority(USERS),
	close: ({ emulator }) => emulator.close(),
	async measure(subject, _prepared, { opened }) {
		const service = await openService(subject, opened);
		const { pid } = service.redis;
		const calls = callsOf(service.ports, opened.tokens);
		try {
			const before = await load(calls.next());
			await opened.emulator.clearRequests();
			process.kill(pid, "SIGSTOP");
			const stopped = [];
			const start = performance.now();
			while (performance.now() - start < STOPPED_MS) {
				const batch = calls.next();
				stopped.push({ sent: batch.length, ...(await load(batch)) });
			}
			const requests = await opened.emulator.requests();
			process.kill(pid, "SIGCONT");
			const after = await load(calls.next());
			const all = [before, ...stopped, after];
			return {
				failed: all.flatMap(({ failures }) => failures).length,
				sent: stopped.reduce((sum, { sent }) => sum + sent, 0),
				asked: requests.filter(({ grantType }) => grantType).length,
				p50: stopped.map(({ p50 }) => p50).sort((a, b) => a - b)[
					Math.floor(stopped.length / 2)
				],
				p99: Math.max(...stopped.map(({ p99 }) => p99)),
			};
		} finally {
			await service.close();
		}
	},
};

/** Batches of calls, each call at the next process. */
function callsOf(ports, tokens) {
	let seen = 0;
	let turn = 0;
	return {
		next() {
			const fresh = tokens.slice(seen, seen + NEW);
			seen += fresh.length;
			const known = Array.from(
				{ length: KNOWN },
				(_, index) => tokens[(turn + index) % Math.max(seen, 1)],
			);
			return [...fresh, ...known].map((userToken) => ({
				userToken,
				port: ports[turn++ % ports.length],
			}));
		},
	};
}
