import { exactly } from "../asked.js";
import { work } from "../processes.js";
import { LIBRARIES } from "../subjects.js";

export const row = {
	title: "100 callers at once, nothing remembered",
	how: "100 callers of one process ask for the same new token at the same moment: the requests that the service sees.",
	unit: "requests",
	subjects: LIBRARIES,
	turns: { full: 3, quick: 1 },
	asked: [exactly(1, "1 request", { title: "100 callers at once" })],
	async measure(subject) {
		const job = { do: "together", callers: 100, delay: 50 };
		return (await work(subject, job)).requests;
	},
};
