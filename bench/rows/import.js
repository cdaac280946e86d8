import { timesLess } from "../asked.js";
import { runMeasure } from "../run-measure.js";
import { commandOf } from "../subjects.js";

const MODULES = {
	azidentity: "azidentity",
	"azidentity-single": "azidentity/client-secret-credential",
	"azure-identity": "@azure/identity",
	"msal-node": "@azure/msal-node",
};

export const row = {
	title: "import",
	how: "`await import()` in a fresh process that has loaded nothing else: the package, and for ours also the entry of one credential.",
	unit: "ms",
	subjects: Object.keys(MODULES),
	turns: { full: 11, quick: 3 },
	asked: [
		timesLess(10, { title: "import of the package" }),
		timesLess(15, {
			...{ title: "import of one credential", of: "azidentity-single" },
		}),
	],
	async prepare(subject) {
		const isOurs = subject.startsWith("azidentity");
		await commandOf(isOurs ? "azidentity" : subject);
		return { from: isOurs ? "." : "today" };
	},
	async measure(subject, { from }) {
		return (await runMeasure("import", [MODULES[subject], from])).ms;
	},
};
