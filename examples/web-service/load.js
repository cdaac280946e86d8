import { Agent, request } from "node:http";

/** So many clients, each with a connection of its own to each process, that send the next call when the last is answered. */
const CLIENTS = 32;

/**
 * Sends all calls, in their order, and resolves to how that went.
 * @param {readonly { port: number, userToken: string }[]} calls
 */
export async function load(calls) {
	const agent = new Agent({ keepAlive: true });
	const times = [];
	const failures = [];
	let next = 0;
	async function client() {
		while (next < calls.length) {
			const call = calls[next++];
			const sent = performance.now();
			const failure = await send(call, agent).catch((error) => error);
			times.push(performance.now() - sent);
			if (failure !== undefined) failures.push(failure);
		}
	}
	const started = performance.now();
	await Promise.all(Array.from({ length: CLIENTS }, client));
	const seconds = (performance.now() - started) / 1_000;
	agent.destroy();
	times.sort((one, other) => one - other);
	const percentile = (share) => times[Math.ceil(times.length * share) - 1];
	return {
		perSecond: calls.length / seconds,
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
