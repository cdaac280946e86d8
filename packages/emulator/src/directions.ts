import type { Emulator } from "./emulator.ts";

/** What a program of any language needs to know to use this emulator, for `--json`. */
export function facts(emulator: Emulator) {
	const { daemon, native, api } = emulator.apps;
	const { alice } = emulator.users;
	return {
		authorityHost: emulator.authorityHost,
		managedIdentityUrl: emulator.managedIdentityUrl,
		serviceFabric: emulator.serviceFabric,
		proxyUrl: emulator.proxyUrl,
		demoApiUrl: emulator.demoApiUrl,
		caFile: emulator.caFile,
		certFile: emulator.certFile,
		keyFile: emulator.keyFile,
		controlUrl: emulator.controlUrl,
		controlKey: emulator.controlKey,
		tenantId: emulator.tenants.contoso.id,
		clientId: daemon.clientId,
		clientSecret: daemon.secrets[0],
		clientCertificate: emulator.appCertificate.file,
		publicClientId: native.clientId,
		apiClientId: api.clientId,
		username: alice.username,
		password: alice.password,
	};
}

/**
 * How to point a program at the emulator, for a person at a terminal. The secrets in it are the same for everybody who
 * runs an emulator: they open nothing else.
 */
export function directions(emulator: Emulator): string {
	const its = facts(emulator);
	return `
Entra ID emulator at ${its.authorityHost}    (Ctrl+C ends it)

  app         ${its.clientId}  secret ${its.clientSecret}
  certificate ${its.clientCertificate}
  user        ${its.username}  password ${its.password}

A program has to trust the emulator and to know its app
(trust is NODE_EXTRA_CA_CERTS for Node, REQUESTS_CA_BUNDLE for Python and az, SSL_CERT_FILE for Go):

${exports({
	NODE_EXTRA_CA_CERTS: its.caFile,
	AZURE_TENANT_ID: its.tenantId,
	AZURE_CLIENT_ID: its.clientId,
	AZURE_CLIENT_SECRET: its.clientSecret,
})}

and to find it: by its address, with disableInstanceDiscovery set in the program's credential,

${exports({ AZURE_AUTHORITY_HOST: its.authorityHost })}

or with nothing set in the program, through a proxy that leads the real host names here:

${exports({ HTTPS_PROXY: its.proxyUrl, NO_PROXY: "localhost,127.0.0.1" })}

A program that uses managed identity needs only this:

${exports({ AZURE_POD_IDENTITY_AUTHORITY_HOST: its.managedIdentityUrl })}

Control: ${its.controlUrl}  (x-emulator-key: ${its.controlKey})
`.trimStart();
}

/** Lines that set variables in the shell that people have: PowerShell on Windows, else any POSIX shell. */
function exports(variables: Readonly<Record<string, string>>): string {
	return Object.entries(variables)
		.map(([name, value]) =>
			process.platform === "win32"
				? `  $env:${name} = '${value.replaceAll("'", "''")}'`
				: `  export ${name}='${value.replaceAll("'", "'\\''")}'`,
		)
		.join("\n");
}
