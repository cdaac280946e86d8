// What must hold in every runtime and by both ways of loading: the installed package against the emulator.
// No test framework: each runtime has another one.
import { finish, job } from "./conversation.mjs";
import { applications } from "./smoke-applications.mjs";
import { disk, inContainer, secondProcess } from "./smoke-disk.mjs";
import { failures } from "./smoke-failures.mjs";
import { packageItself } from "./smoke-package.mjs";
import { people } from "./smoke-people.mjs";

const ROLES = {
	async everything(azidentity) {
		await packageItself(azidentity);
		await applications(azidentity);
		await people(azidentity);
		await failures(azidentity);
		await disk(azidentity);
	},
	secondProcess,
	inContainer,
};

export async function run(azidentity) {
	await ROLES[job.role](azidentity);
	finish();
}
