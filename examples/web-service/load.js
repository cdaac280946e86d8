import { Agent, request } from "node:http";

/** So many clients, each with a connection of its own to each process, that send the next call when the last is answered. */
const CLIENTS = 32;

/** After so many calls all clients wait for each other. */
const SLICE = 2_000;

/**
 * Sends all calls, in their order, and resolves to how that went. `afterSlice` is waited for, and its time not counted.
 * @param {readonly { port: number, userToken: string }[]} calls
 * @param {() => Promise<void>} [afterSlice]
 */
export async function load(calls, afterSlice) {
	const agent = new Agent({ keepAlive: true });
	const times = [];
	const failures = [];
	let next = 0;
	async function client(end) {
		while (next < end) {
			const call = calls[next++];
			const sent = performance.now();
			const failure = await send(call, agent).catch((error) => error);
			times.push(performance.now() - sent);
			if (failure !== undefined) failures.push(failure);
		}
	}
	let milliseconds = 0;
	while (next < calls.length) {
		const end = Math.min(next + SLICE, calls.length);
		const started = performance.now();
		await Promise.all(Array.from({ length: CLIENTS }, () => client(end)));
		milliseconds += performance.now() - started;
		await afterSlice?.();
	}
	agent.destroy();
	times.sort((one, other) => one - other);
	const percentile = (share) => times[Math.ceil(times.length * share) - 1];
	return {
		perSecond: (calls.length / milliseconds) * 1_000,
		p50: percentile(0.5),
		p99: percentile(0.99),
		failures,
	};
}

/** Resolves to what was wrong, if anything was. */
function send({ port, userToken }, agent) {
	return new Promise((resolve, reject) => {
		const headers = { authorization: `Bearer ${userToken}` };
		request({ host: "127.0.0.1", port, path: "/orders", agent, headers })
			.on("error", reject)
			.on("response", (response) => {
				response
					.resume()
					.on("error", reject)
					.on("end", () =>
						resolve(
							response.statusCode === 200 ? undefined : response.statusCode,
						),
					);
			})
			.end();
	});
}
