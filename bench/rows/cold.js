import { less } from "../asked.js";
import { runMeasure } from "../run-measure.js";
import { OF_NODE } from "../subjects.js";

export const row = {
	title: "cold process to its first token, over the network",
	how: "From the start of a process, Node's own included, to its first token from the emulated authority over HTTPS, with nothing on disk.",
	unit: "ms",
	subjects: OF_NODE,
	turns: { full: 11, quick: 3 },
	asked: [{ ...less, title: "first token of a process, from the service" }],
	async open() {
		const { startEmulator } = await import("@azidentity/emulator");
		return startEmulator();
	},
	close: (emulator) => emulator.close(),
	async measure(subject, _prepared, { opened: emulator }) {
		const { authorityHost, caFile, apps } = emulator;
		const { clientId, secrets } = apps.daemon;
		const tenantId = emulator.tenants.contoso.id;
		return (
			await runMeasure(
				"cold",
				[subject],
				{ authorityHost, tenantId, clientId, secret: secrets[0] },
				{ NODE_EXTRA_CA_CERTS: caFile },
			)
		).ms;
	},
};
