import { randomBytes } from "node:crypto";
import { startRedis } from "@azidentity/examples/web-service/redis-server.js";
import { exactly } from "../asked.js";
import { firstLine, startWork } from "../processes.js";

const PROCESSES = 50;
/** So many start at a time. */
const WAVE = 5;
/** Long enough that nobody is served by one who was done before. */
const DELAY_MS = 1_000;

export const row = {
	title: "50 cold processes on one Redis that want the same token",
	how: "50 processes with empty memories, on one empty Redis, ask for the same token at the same moment, of a service that takes a second: the requests that it sees.",
	unit: "requests",
	subjects: ["azidentity"],
	turns: { full: 3, quick: 1 },
	asked: [exactly(1, "1 request")],
	async measure(subject) {
		const redis = await startRedis();
		const key = randomBytes(32).toString("base64");
		const shared = { url: redis.url, key, timeout: 5_000 };
		const job = { do: "each", count: 1, delay: DELAY_MS, redis: shared };
		const processes = [];
		try {
			while (processes.length < PROCESSES) {
				const wave = await Promise.all(
					Array.from({ length: WAVE }, () =>
						startWork(subject, { ...job, waits: true }),
					),
				);
				processes.push(...wave);
				await Promise.all(wave.map(({ ready }) => ready));
			}
			for (const { go } of processes) go();
			const ends = await Promise.all(processes.map(({ ended }) => ended));
			return ends
				.map(({ said, complaints }) => {
					const { requests, failures } = said.at(-1) ?? {};
					if (requests === undefined) throw new Error(firstLine(complaints));
					if (failures.length > 0) throw new Error(failures[0]);
					return requests;
				})
				.reduce((sum, each) => sum + each);
		} finally {
			for (const { child } of processes) child.kill();
			await redis.close();
		}
	},
};
