/** Who calls: the subject of a verified token and the platform roles it carries (`admin`, …). */
export interface Caller {
  readonly subject: string;
  readonly roles: readonly string[];
}

/** Whether a caller is an operator of the platform; what they may do, the policies say. */
export const isOperator = ({ roles }: Caller): boolean => roles.includes('admin');

/** A caller's place in an organization, as kept in the identity table (never a claim of the token). */
export interface Membership {
  readonly organizationId: string;
  readonly role: 'owner' | 'manager' | 'staff';
  /** Staff may be limited to one session and to a window of instants (ISO 8601 UTC). */
  readonly sessionId?: string;
  readonly from?: string;
  readonly until?: string;
}

/** What a policy is evaluated on: the thing, its kind, whose it is, and whether strangers may see it. */
export interface ProtectedResource {
  readonly kind: string;
  readonly id: string;
  readonly organizationId?: string;
  readonly sessionId?: string;
  readonly isPublic?: boolean;
  /** Of a thing between two organizations: for which of its sides is asked. */
  readonly side?: string;
}

export type Authentication =
  | { readonly authenticated: true; readonly caller: Caller }
  | { readonly authenticated: false; readonly reason: 'missing' | 'malformed' | 'expired' | 'invalid' };

export interface AuthorizationRequest {
  readonly caller: Caller;
  readonly memberships: readonly Membership[];
  readonly action: string;
  readonly resource: ProtectedResource;
  readonly now: Date;
}

/**
 * What the router needs of identity. It is loaded on the first request that needs it, so that public
 * routes pay nothing for tokens and policies.
 */
export interface Guard {
  /** Verifies the `Authorization` header. Never throws for a bad token; throws when keys cannot be had. */
  authenticate(authorization: string | undefined): Promise<Authentication>;
  membershipsOf(subject: string): Promise<readonly Membership[]>;
  /** Default deny. `reasons` are ids of the deciding policies, for the log only. */
  authorize(request: AuthorizationRequest): Promise<{ allowed: boolean; reasons: readonly string[] }>;
}
