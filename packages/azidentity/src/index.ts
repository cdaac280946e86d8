export type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
export {
	type AuthenticationRecord,
	deserializeAuthenticationRecord,
	serializeAuthenticationRecord,
} from "./authentication-record.ts";
export type { CachedToken } from "./cache/cached-token.ts";
export type { CacheChange, ChangeListener } from "./cache/changes.ts";
export type {
	HitMessage,
	JoinMessage,
	LockMessage,
	MeasuredNeed,
	MissMessage,
	RefreshedMessage,
	RefreshMessage,
	RemoveMessage,
	StoreMessage,
} from "./cache/metrics.ts";
export {
	type KnownAccount,
	TokenCache,
	type TokenCacheOptions,
} from "./cache/token-cache.ts";
export type { TokenFilter } from "./cache/token-filter.ts";
export type {
	DocumentName,
	Invalidation,
	Lease,
	StoreFailure,
	TokenStore,
} from "./cache/token-store.ts";
export {
	AuthorizationCodeCredential,
	type AuthorizationCodeCredentialOptions,
} from "./credentials/authorization-code-credential.ts";
export {
	AzureCliCredential,
	AzureCliCredential as AzureCLICredential,
	type AzureCliCredentialOptions,
} from "./credentials/azure-cli-credential.ts";
export {
	AzureDeveloperCliCredential,
	AzureDeveloperCliCredential as AzureDeveloperCLICredential,
	type AzureDeveloperCliCredentialOptions,
} from "./credentials/azure-developer-cli-credential.ts";
export {
	AzurePipelinesCredential,
	type AzurePipelinesCredentialOptions,
} from "./credentials/azure-pipelines-credential.ts";
export {
	AzurePowerShellCredential,
	type AzurePowerShellCredentialOptions,
} from "./credentials/azure-power-shell-credential.ts";
export type {
	BrokerAuthOptions,
	BrokerDisabledOptions,
	BrokerEnabledOptions,
	BrokerOptions,
} from "./credentials/broker-options.ts";
export {
	type CredentialPersistenceOptions,
	type PersistentTokenCacheOptions,
	persistentTokenCache,
	type TokenCachePersistenceOptions,
} from "./credentials/cache-options.ts";
export {
	ChainedTokenCredential,
	type ChainedTokenCredentialOptions,
} from "./credentials/chained-token-credential.ts";
export {
	ClientAssertionCredential,
	type ClientAssertionCredentialOptions,
} from "./credentials/client-assertion-credential.ts";
export {
	ClientCertificateCredential,
	type ClientCertificateCredentialOptions,
} from "./credentials/client-certificate-credential.ts";
export {
	ClientSecretCredential,
	type ClientSecretCredentialOptions,
} from "./credentials/client-secret-credential.ts";
export {
	DefaultAzureCredential,
	type DefaultAzureCredentialClientIdOptions,
	type DefaultAzureCredentialEnvVars,
	type DefaultAzureCredentialOptions,
	type DefaultAzureCredentialResourceIdOptions,
	getDefaultAzureCredential,
} from "./credentials/default-azure-credential.ts";
export {
	DeviceCodeCredential,
	type DeviceCodeCredentialOptions,
	type DeviceCodeInfo,
	type DeviceCodePromptCallback,
} from "./credentials/device-code-credential.ts";
export {
	EnvironmentCredential,
	type EnvironmentCredentialOptions,
} from "./credentials/environment-credential.ts";
export {
	type BrowserCustomizationOptions,
	type BrowserLoginStyle,
	InteractiveBrowserCredential,
	type InteractiveBrowserCredentialInBrowserOptions,
	type InteractiveBrowserCredentialNodeOptions,
} from "./credentials/interactive-browser-credential.ts";
export type { InteractiveCredentialOptions } from "./credentials/interactive-credential-options.ts";
export {
	ManagedIdentityCredential,
	type ManagedIdentityCredentialClientIdOptions,
	type ManagedIdentityCredentialObjectIdOptions,
	type ManagedIdentityCredentialResourceIdOptions,
} from "./credentials/managed-identity-credential.ts";
export {
	OnBehalfOfCredential,
	type OnBehalfOfCredentialAssertionOptions,
	type OnBehalfOfCredentialCertificateOptions,
	type OnBehalfOfCredentialOptions,
	type OnBehalfOfCredentialSecretOptions,
} from "./credentials/on-behalf-of-credential.ts";
export {
	UsernamePasswordCredential,
	type UsernamePasswordCredentialOptions,
} from "./credentials/username-password-credential.ts";
export {
	VisualStudioCodeCredential,
	type VisualStudioCodeCredentialOptions,
} from "./credentials/visual-studio-code-credential.ts";
export {
	WorkloadIdentityCredential,
	type WorkloadIdentityCredentialOptions,
} from "./credentials/workload-identity-credential.ts";
export type {
	ClientCertificateConfiguration,
	ClientCertificateCredentialPEMConfiguration,
	ClientCertificatePEMCertificate,
	ClientCertificatePEMCertificatePath,
	ClientCertificatePKCS12,
} from "./entra/certificate-configuration.ts";
export type {
	ClientAssertionRequest,
	GetAssertion,
} from "./entra/client-proof.ts";
export type {
	AuthorityValidationOptions,
	MultiTenantTokenCredentialOptions,
	TokenCredentialOptions,
} from "./entra/entra-client-options.ts";
export {
	AggregateAuthenticationError,
	AggregateAuthenticationErrorName,
	AuthenticationError,
	AuthenticationErrorName,
	type AuthenticationErrorOptions,
	AuthenticationRequiredError,
	type AuthenticationRequiredErrorOptions,
	CredentialUnavailableError,
	CredentialUnavailableErrorName,
	type ErrorResponse,
} from "./errors.ts";
export { AzureAuthorityHosts } from "./foundation/clouds.ts";
export { logger } from "./foundation/log.ts";
export {
	type BearerTokenPolicyOptions,
	bearerTokenPolicy,
} from "./pipeline/bearer-token-policy.ts";
export {
	type GetBearerTokenProviderOptions,
	getBearerTokenProvider,
} from "./pipeline/bearer-token-provider.ts";
export {
	type WatchTokenOptions,
	watchToken,
} from "./pipeline/watch-token.ts";
export {
	type CachedTokenCredential,
	type WithTokenCacheOptions,
	withTokenCache,
} from "./pipeline/with-token-cache.ts";
export type {
	Account,
	Grant,
	Held,
	TokenRequest,
	TokenSource,
} from "./token.ts";
export {
	type IdentityPlugin,
	useIdentityPlugin,
} from "./use-identity-plugin.ts";
