import { load } from "@azidentity/examples/web-service/load.js";
import { exactly } from "../asked.js";
import { commandOf } from "../subjects.js";
import { openAuthority, openService } from "../web-service.js";

const USERS = 2_000;
/** Of each user, when both processes know them. */
const WARM = 5;

const PASSES = { cold: "first", shared: "elsewhere", warm: "known" };

export const row = {
	title: "a web service for 2,000 users, on two processes and one Redis",
	how: "An HTTP service on two processes checks the token of the user who calls and gets one on their behalf; 32 clients send the next request when the last is answered. `first`: each user's first request, whose token an emulated Entra ID on the same machine has to make. `elsewhere`: their second, at the process that has not seen them. `known`: five more for each, at both in turn. `@azure/msal-node` has an application for each request and its `DistributedCachePlugin`, a partition for each user (the plugin is not told whose token is asked for, so that one for all requests would mix users); its documents are plain text, ours are sealed, and wait for Redis for 5 s in the place of 50 ms, since this machine does all of it. The call with the token is left out: it costs the same with either.",
	unit: "ms",
	subjects: ["azidentity", "msal-node"],
	turns: { full: 3, quick: 1 },
	columns: [
		...Object.entries(PASSES).flatMap(([pass, title]) => [
			{ key: `${pass}-rate`, title: `${title}, requests a second`, unit: "" },
			{ key: `${pass}-p50`, title: `${title}, half within` },
			{ key: `${pass}-p99`, title: `${title}, 99 % within` },
		]),
		{ key: "asked", title: "tokens asked for, each user", unit: "" },
	],
	asked: [
		exactly(1, "1 request", {
			column: "asked",
			title: "a user at two processes on one Redis",
		}),
	],
	open: () => openAuthority(USERS),
	close: ({ emulator }) => emulator.close(),
	// What the other one is, has to be installed.
	prepare: (subject) => commandOf(subject),
	async measure(subject, _command, { opened }) {
		const { emulator, tokens } = opened;
		const service = await openService(subject, opened, { timeout: 5_000 });
		try {
			let asked = 0;
			async function count() {
				const requests = await emulator.requests();
				asked += requests.filter(({ grantType }) => grantType).length;
				await emulator.clearRequests();
			}
			await emulator.clearRequests();
			const figures = {};
			for (const [pass, calls] of Object.entries(
				callsTo(service.ports, tokens),
			)) {
				const { failures, ...found } = await load(calls, count);
				if (failures.length > 0)
					throw new Error(`${failures.length} requests failed`);
				figures[`${pass}-rate`] = found.perSecond;
				figures[`${pass}-p50`] = found.p50;
				figures[`${pass}-p99`] = found.p99;
			}
			return { ...figures, asked: asked / tokens.length };
		} finally {
			await service.close();
		}
	},
};

function callsTo(ports, tokens) {
	const at = (shift) =>
		tokens.map((userToken, turn) => ({
			userToken,
			port: ports[(turn + shift) % ports.length],
		}));
	const warm = Array.from({ length: WARM }, (_, turn) => at(turn)).flat();
	return { cold: at(0), shared: at(1), warm };
}
