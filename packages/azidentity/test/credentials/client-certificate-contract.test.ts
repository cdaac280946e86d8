import { ClientCertificateCredential } from "azidentity";
import { emulatedEntra } from "./emulated-entra.ts";
import { serviceCredentialContract } from "./service-credential-contract.ts";

const entra = emulatedEntra();

serviceCredentialContract("ClientCertificateCredential", entra, {
	make: (options) =>
		new ClientCertificateCredential(
			entra.emulator.tenants.contoso.id,
			entra.emulator.apps.daemon.clientId,
			entra.emulator.appCertificate.file,
			{ ...entra.options, ...options },
		),
});
