import { beforeEach } from "vitest";
import { emulatedEntra } from "./emulated-entra.ts";
import { kubernetesPod } from "./kubernetes-pod.ts";
import { serviceCredentialContract } from "./service-credential-contract.ts";

const entra = emulatedEntra();
const pod = kubernetesPod(entra);

beforeEach(() => {
	// As long as a service account's token may live: no test of the contract takes longer.
	pod.rotate(pod.token({ exp: Math.floor(Date.now() / 1_000) + 86_400 }));
});

serviceCredentialContract("WorkloadIdentityCredential", entra, {
	make: (options) => pod.workload(options),
});
