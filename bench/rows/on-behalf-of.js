import { atMost } from "../asked.js";
import { runMeasure } from "../run-measure.js";

export const row = {
	title: "on behalf of 1,000 users, a credential per request",
	how: "One request of an API as far as the credential goes: the credential made anew for the user's token, and `getToken` answered from the shared memory. @azure/identity has none to share and asks each time, here of a service that answers at once.",
	unit: "µs",
	subjects: ["azidentity", "azure-identity"],
	turns: { full: 3, quick: 1 },
	asked: [atMost(100, "100 µs", { title: "on behalf of one of 1,000 users" })],
	async measure(subject) {
		return (await runMeasure("on-behalf-of", [subject])).request;
	},
};
