import { Aws, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  UserPool,
} from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Settings } from './settings.ts';

export interface IssuerSettings {
  readonly issuer: string;
  readonly jwksUri: string;
  /** Empty: the issuer sets none. */
  readonly audience: string;
}

/** Platform-wide roles; who may do what in an organization is a membership, not a group. */
const groups: Readonly<Record<string, string>> = {
  attendee: 'Buys tickets',
  organizer: 'Sells tickets',
  truck: 'Runs a food truck',
  staff: 'Works at an event',
  admin: 'Runs the platform',
};

/** A Cognito user pool as issuer, for stages that name no other. */
export class IdentityStack extends Stack {
  readonly settings: IssuerSettings;

  constructor(scope: Construct, id: string, settings: Settings, props: StackProps) {
    super(scope, id, { ...props, terminationProtection: settings.retain });
    const pool = new UserPool(this, 'Users', {
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      autoVerify: { email: true },
      signInCaseSensitive: false,
      standardAttributes: { email: { required: true, mutable: true } },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { sms: false, otp: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: settings.retain,
      removalPolicy: settings.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(pool, {
      COG2: 'Attendees may use a second factor and need not; what they can lose are their own tickets.',
      COG3: 'Threat protection is part of the Plus plan, priced per user; a stage that wants it changes featurePlan.',
      COG8: 'The Plus plan is priced per user; a stage that wants it changes featurePlan.',
    });
    for (const [groupName, description] of Object.entries(groups)) {
      new CfnUserPoolGroup(this, `Group-${groupName}`, {
        userPoolId: pool.userPoolId,
        groupName,
        description,
      });
    }
    pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: `fairground-${settings.stage}-${Aws.ACCOUNT_ID}` },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    // A public client: browsers and apps keep no secret, the code flow is bound to them by PKCE.
    const client = pool.addClient('Public', {
      generateSecret: false,
      authFlows: { userSrp: true },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
        callbackUrls: settings.webOrigins.map((origin) => `${origin}/callback`),
        logoutUrls: settings.webOrigins.map((origin) => `${origin}/`),
      },
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
      enableTokenRevocation: true,
      preventUserExistenceErrors: true,
    });

    const issuer = `https://cognito-idp.${this.region}.${Aws.URL_SUFFIX}/${pool.userPoolId}`;
    this.settings = {
      issuer,
      jwksUri: `${issuer}/.well-known/jwks.json`,
      audience: client.userPoolClientId,
    };
  }
}
