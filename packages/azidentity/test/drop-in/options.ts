// A program written for @azure/identity: every option, under its own type. `npm run check:api` holds that none is left out,
// and that it compiles and runs the same when the imports name this package (scripts/api/drop-in.js).
import type {
	AccessToken,
	AuthenticationRequiredErrorOptions,
	AuthorizationCodeCredentialOptions,
	AzureCliCredentialOptions,
	AzureDeveloperCliCredentialOptions,
	AzurePipelinesCredentialOptions,
	AzurePowerShellCredentialOptions,
	BrokerAuthOptions,
	ClientAssertionCredentialOptions,
	ClientCertificateCredentialOptions,
	ClientCertificateCredentialPEMConfiguration,
	ClientCertificatePEMCertificate,
	ClientCertificatePEMCertificatePath,
	ClientSecretCredentialOptions,
	DefaultAzureCredentialClientIdOptions,
	DefaultAzureCredentialResourceIdOptions,
	DeviceCodeCredentialOptions,
	DeviceCodeInfo,
	EnvironmentCredentialOptions,
	ErrorResponse,
	GetTokenOptions,
	InteractiveBrowserCredentialInBrowserOptions,
	InteractiveBrowserCredentialNodeOptions,
	ManagedIdentityCredentialClientIdOptions,
	ManagedIdentityCredentialObjectIdOptions,
	ManagedIdentityCredentialResourceIdOptions,
	OnBehalfOfCredentialOptions,
	TokenCredential,
	UsernamePasswordCredentialOptions,
	VisualStudioCodeCredentialOptions,
	WorkloadIdentityCredentialOptions,
} from "@azure/identity";
import {
	authority,
	brokers,
	byAssertion,
	byCertificate,
	byDefault,
	bySecret,
	clientId,
	common,
	customization,
	interactive,
	loginStyles,
	multiTenant,
	noBroker,
	persistence,
	persistent,
	prompt,
	record,
	service,
	tenantId,
	tool,
	withBroker,
} from "./option-parts.ts";

export const call = {
	// Compilers cannot write down the type of this signal; program.ts passes one as well.
	abortSignal: new AbortController().signal as never,
	requestOptions: { timeout: 1_000 },
	tracingOptions: {},
	claims: "{}",
	enableCae: true,
	tenantId,
	proofOfPossessionOptions: {
		nonce: "a nonce",
		resourceRequestMethod: "GET",
		resourceRequestUrl: "https://vault.azure.net",
	},
} satisfies GetTokenOptions;

export const accessToken = {
	token: "a token",
	expiresOnTimestamp: 1,
	refreshAfterTimestamp: 1,
	tokenType: "Bearer",
} satisfies AccessToken;

const required = {
	scopes: ["https://vault.azure.net/.default"],
	getTokenOptions: call,
	message: "Sign in.",
	cause: new Error("a refusal"),
} satisfies AuthenticationRequiredErrorOptions;

const refusal = {
	error: "invalid_grant",
	errorDescription: "AADSTS50000: no",
	errorCodes: [50_000],
	timestamp: "2026-01-01 00:00:00Z",
	traceId: "a trace",
	correlationId: "a call",
} satisfies ErrorResponse;

const info = {
	userCode: "ABC",
	verificationUri: "https://login.microsoftonline.com/device",
	message: "Enter ABC.",
} satisfies DeviceCodeInfo;

const certificates = [
	{ certificate: "PEM", certificatePassword: "a password" },
	{ certificatePath: "/program/c.pem", certificatePassword: "a password" },
] satisfies ClientCertificateCredentialPEMConfiguration[];

/** By the names of their types; several where a type has several shapes. */
export const options = {
	AccessToken: accessToken,
	AuthenticationRecord: record,
	AuthenticationRequiredErrorOptions: required,
	AuthorityValidationOptions: authority,
	AuthorizationCodeCredentialOptions: {
		...multiTenant,
		...authority,
	} satisfies AuthorizationCodeCredentialOptions,
	AzureCliCredentialOptions: {
		...multiTenant,
		...tool,
		subscription: "a subscription",
	} satisfies AzureCliCredentialOptions,
	AzureDeveloperCliCredentialOptions: {
		...multiTenant,
		...tool,
	} satisfies AzureDeveloperCliCredentialOptions,
	AzurePipelinesCredentialOptions:
		service satisfies AzurePipelinesCredentialOptions,
	AzurePowerShellCredentialOptions: {
		...multiTenant,
		...tool,
	} satisfies AzurePowerShellCredentialOptions,
	BrokerAuthOptions: brokers.map(
		(brokerOptions) => ({ brokerOptions }) satisfies BrokerAuthOptions,
	),
	BrokerDisabledOptions: noBroker,
	BrokerEnabledOptions: withBroker,
	BrokerOptions: [noBroker, withBroker],
	BrowserCustomizationOptions: customization,
	ClientAssertionCredentialOptions:
		service satisfies ClientAssertionCredentialOptions,
	ClientCertificateCredentialPEMConfiguration: certificates,
	ClientCertificateCredentialOptions: {
		...service,
		sendCertificateChain: true,
	} satisfies ClientCertificateCredentialOptions,
	ClientCertificatePEMCertificate: {
		certificate: "PEM",
		certificatePassword: "a password",
	} satisfies ClientCertificatePEMCertificate,
	ClientCertificatePEMCertificatePath: {
		certificatePath: "/program/c.pem",
		certificatePassword: "a password",
	} satisfies ClientCertificatePEMCertificatePath,
	ClientSecretCredentialOptions:
		service satisfies ClientSecretCredentialOptions,
	CredentialPersistenceOptions: persistent,
	DefaultAzureCredentialClientIdOptions: {
		...byDefault,
		managedIdentityClientId: clientId,
		workloadIdentityClientId: clientId,
	} satisfies DefaultAzureCredentialClientIdOptions,
	DefaultAzureCredentialOptions: byDefault,
	DefaultAzureCredentialResourceIdOptions: {
		...byDefault,
		managedIdentityResourceId: "/subscriptions/a/resource",
	} satisfies DefaultAzureCredentialResourceIdOptions,
	DeviceCodeCredentialOptions: {
		...interactive,
		...persistent,
		tenantId,
		clientId,
		userPromptCallback: prompt,
	} satisfies DeviceCodeCredentialOptions,
	DeviceCodeInfo: info,
	EnvironmentCredentialOptions: {
		...multiTenant,
		...authority,
	} satisfies EnvironmentCredentialOptions,
	ErrorResponse: refusal,
	GetTokenOptions: call,
	InteractiveBrowserCredentialInBrowserOptions: {
		...interactive,
		redirectUri: () => "http://localhost:1337",
		tenantId,
		clientId,
		loginStyle: loginStyles[0] ?? "popup",
		loginHint: record.username,
	} satisfies InteractiveBrowserCredentialInBrowserOptions,
	InteractiveBrowserCredentialNodeOptions: {
		...interactive,
		...persistent,
		...customization,
		brokerOptions: noBroker,
		redirectUri: "http://localhost:1337",
		tenantId,
		clientId,
		loginHint: record.username,
	} satisfies InteractiveBrowserCredentialNodeOptions,
	InteractiveCredentialOptions: interactive,
	ManagedIdentityCredentialClientIdOptions: {
		...common,
		clientId,
	} satisfies ManagedIdentityCredentialClientIdOptions,
	ManagedIdentityCredentialObjectIdOptions: {
		...common,
		objectId: clientId,
	} satisfies ManagedIdentityCredentialObjectIdOptions,
	ManagedIdentityCredentialResourceIdOptions: {
		...common,
		resourceId: "/subscriptions/a/resource",
	} satisfies ManagedIdentityCredentialResourceIdOptions,
	MultiTenantTokenCredentialOptions: multiTenant,
	OnBehalfOfCredentialAssertionOptions: byAssertion,
	OnBehalfOfCredentialCertificateOptions: byCertificate,
	OnBehalfOfCredentialOptions: [
		{ ...service, ...bySecret } satisfies OnBehalfOfCredentialOptions,
		{ ...service, ...byCertificate } satisfies OnBehalfOfCredentialOptions,
		{ ...service, ...byAssertion } satisfies OnBehalfOfCredentialOptions,
	] as const,
	OnBehalfOfCredentialSecretOptions: bySecret,
	TokenCachePersistenceOptions: persistence,
	TokenCredential: {
		getToken: async () => accessToken,
	} satisfies TokenCredential,
	TokenCredentialOptions: common,
	UsernamePasswordCredentialOptions:
		service satisfies UsernamePasswordCredentialOptions,
	VisualStudioCodeCredentialOptions: {
		...multiTenant,
		tenantId,
	} satisfies VisualStudioCodeCredentialOptions,
	WorkloadIdentityCredentialOptions: {
		...multiTenant,
		...authority,
		tenantId,
		clientId,
		tokenFilePath: "/program/token",
		enableAzureProxy: false,
	} satisfies WorkloadIdentityCredentialOptions,
};
