// A program written for @azure/identity: every constructor with the fewest and with all of its arguments.
import {
	AuthorizationCodeCredential,
	AzureCliCredential,
	AzureDeveloperCliCredential,
	AzurePipelinesCredential,
	AzurePowerShellCredential,
	ChainedTokenCredential,
	ClientAssertionCredential,
	ClientCertificateCredential,
	ClientSecretCredential,
	DefaultAzureCredential,
	DeviceCodeCredential,
	EnvironmentCredential,
	getDefaultAzureCredential,
	InteractiveBrowserCredential,
	ManagedIdentityCredential,
	OnBehalfOfCredential,
	type TokenCredential,
	UsernamePasswordCredential,
	VisualStudioCodeCredential,
	WorkloadIdentityCredential,
} from "@azure/identity";
import { clientId, common, tenantId } from "./option-parts.ts";
import { options } from "./options.ts";

const tokenFilePath = "/program/token";
const getAssertion = async () => "an assertion";
const redirectUri = "http://localhost:3000";
const pem = options.ClientCertificatePEMCertificate;
const pemPath = options.ClientCertificatePEMCertificatePath;
const certified = options.ClientCertificateCredentialOptions;
const service = options.ClientSecretCredentialOptions;
const code = options.AuthorizationCodeCredentialOptions;
const byClientId = options.DefaultAzureCredentialClientIdOptions;
const byResourceId = options.DefaultAzureCredentialResourceIdOptions;
const browser = options.InteractiveBrowserCredentialNodeOptions;
const inBrowser = options.InteractiveBrowserCredentialInBrowserOptions;
const [first, second, third] = options.OnBehalfOfCredentialOptions;

export const devices = [
	new DeviceCodeCredential(),
	new DeviceCodeCredential(options.DeviceCodeCredentialOptions),
];
export const browsers = [
	new InteractiveBrowserCredential(browser),
	new InteractiveBrowserCredential(inBrowser),
];

export const credentials: TokenCredential[] = [
	new AuthorizationCodeCredential(tenantId, clientId, "code", redirectUri),
	new AuthorizationCodeCredential(
		tenantId,
		clientId,
		"code",
		redirectUri,
		code,
	),
	new AuthorizationCodeCredential(
		"common",
		clientId,
		"secret",
		"code",
		redirectUri,
	),
	new AuthorizationCodeCredential(
		"common",
		clientId,
		"secret",
		"code",
		redirectUri,
		code,
	),
	new AzureCliCredential(),
	new AzureCliCredential(options.AzureCliCredentialOptions),
	new AzureDeveloperCliCredential(),
	new AzureDeveloperCliCredential(options.AzureDeveloperCliCredentialOptions),
	new AzurePipelinesCredential(tenantId, clientId, "connection", "token"),
	new AzurePipelinesCredential(
		tenantId,
		clientId,
		"connection",
		"token",
		service,
	),
	new AzurePowerShellCredential(),
	new AzurePowerShellCredential(options.AzurePowerShellCredentialOptions),
	new ClientAssertionCredential(tenantId, clientId, getAssertion),
	new ClientAssertionCredential(tenantId, clientId, getAssertion, service),
	new ClientCertificateCredential(tenantId, clientId, "/program/c.pem"),
	new ClientCertificateCredential(
		tenantId,
		clientId,
		"/program/c.pem",
		certified,
	),
	new ClientCertificateCredential(tenantId, clientId, pemPath),
	new ClientCertificateCredential(tenantId, clientId, pemPath, certified),
	new ClientCertificateCredential(tenantId, clientId, pem),
	new ClientCertificateCredential(tenantId, clientId, pem, certified),
	new ClientSecretCredential(tenantId, clientId, "secret"),
	new ClientSecretCredential(tenantId, clientId, "secret", service),
	new DefaultAzureCredential(),
	new DefaultAzureCredential(byClientId),
	new DefaultAzureCredential(byResourceId),
	new DefaultAzureCredential({ tenantId }),
	getDefaultAzureCredential(),
	...devices,
	new EnvironmentCredential(),
	new EnvironmentCredential(options.EnvironmentCredentialOptions),
	...browsers,
	new ManagedIdentityCredential(),
	new ManagedIdentityCredential(clientId),
	new ManagedIdentityCredential(clientId, common),
	new ManagedIdentityCredential(
		options.ManagedIdentityCredentialClientIdOptions,
	),
	new ManagedIdentityCredential(
		options.ManagedIdentityCredentialResourceIdOptions,
	),
	new ManagedIdentityCredential(
		options.ManagedIdentityCredentialObjectIdOptions,
	),
	new OnBehalfOfCredential(first),
	new OnBehalfOfCredential(second),
	new OnBehalfOfCredential(third),
	new UsernamePasswordCredential(tenantId, clientId, "person", "password"),
	new UsernamePasswordCredential(
		tenantId,
		clientId,
		"person",
		"password",
		service,
	),
	new VisualStudioCodeCredential(),
	new VisualStudioCodeCredential(options.VisualStudioCodeCredentialOptions),
	new WorkloadIdentityCredential({ tenantId, clientId, tokenFilePath }),
	new WorkloadIdentityCredential(options.WorkloadIdentityCredentialOptions),
];

/** As programs keep it: the chain's own class, and what it is made of. */
export const chain = new ChainedTokenCredential(...credentials);
/** A chain of nothing is refused here at once, and there by its first call. */
export const nothing = () => new ChainedTokenCredential();

/** It reads the environment at once, which may lack what it needs. */
export const inPod = () => new WorkloadIdentityCredential();
