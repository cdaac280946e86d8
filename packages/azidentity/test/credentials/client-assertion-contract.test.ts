import { assertingDaemon } from "./asserting-daemon.ts";
import { emulatedEntra } from "./emulated-entra.ts";
import { serviceCredentialContract } from "./service-credential-contract.ts";

const entra = emulatedEntra();
const { daemon, signsAt } = assertingDaemon(entra);

serviceCredentialContract("ClientAssertionCredential", entra, {
	make: (options) => daemon(signsAt(options.now ?? Date.now), options),
});
