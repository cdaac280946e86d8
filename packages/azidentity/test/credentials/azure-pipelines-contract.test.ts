import { emulatedEntra } from "./emulated-entra.ts";
import { pipelineJob } from "./pipeline-job.ts";
import { serviceCredentialContract } from "./service-credential-contract.ts";

const entra = emulatedEntra();
const job = pipelineJob(entra);

serviceCredentialContract("AzurePipelinesCredential", entra, {
	make: (options) => job.credential(options),
});
