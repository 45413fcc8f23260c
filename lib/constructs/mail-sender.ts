import { ArnFormat, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { ConfigurationSet, EmailIdentity, Identity, SuppressionReasons } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { Alarms } from './alarms.ts';

/** Shares of mails at which SES puts an account under review (SES developer guide, "Sending review process"). */
const bounceRateUnderReview = 0.05;
const complaintRateUnderReview = 0.001;

/**
 * Who mails come from: the domain of the address as SES identity (DKIM), and a configuration set whose
 * bounces and complaints are never written to again. Emulators have neither; there only the names are.
 */
export class MailSender extends Construct {
  readonly from: string;
  readonly configurationSetName: string;
  /** What a sender must be allowed to use. */
  readonly arns: readonly string[];

  constructor(scope: Construct, id: string, from: string, settings: Settings) {
    super(scope, id);
    this.from = from;
    const domain = from.slice(from.lastIndexOf('@') + 1);
    const arnOf = (resource: string, resourceName: string): string =>
      Stack.of(this).formatArn({
        service: 'ses',
        resource,
        resourceName,
        arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      });
    if (settings.emulator) {
      this.configurationSetName = 'default';
    } else {
      const configurationSet = new ConfigurationSet(this, 'ConfigurationSet', {
        suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
        reputationMetrics: true,
      });
      const identity = new EmailIdentity(this, 'Identity', {
        identity: Identity.domain(domain),
        configurationSet,
      });
      identity.applyRemovalPolicy(settings.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
      for (const [index, { name, value }] of identity.dkimRecords.entries()) {
        new CfnOutput(this, `Dkim${index + 1}`, {
          value: `${name} CNAME ${value}`,
          description: `DNS record that lets mail come from ${domain}`,
        });
      }
      this.configurationSetName = configurationSet.configurationSetName;
    }
    this.arns = [arnOf('identity', domain), arnOf('configuration-set', this.configurationSetName)];
  }

  /** Alarms of what mailbox providers think of us, where SES counts it. */
  watch(alarms: Alarms): void {
    const reputation = (metricName: string) =>
      new Metric({
        namespace: 'AWS/SES',
        metricName,
        dimensionsMap: { 'ses:configuration-set': this.configurationSetName },
        statistic: 'Maximum',
        period: Alarms.period,
      });
    alarms.watch('MailBounces', {
      metric: reputation('Reputation.BounceRate'),
      threshold: bounceRateUnderReview,
      description:
        'One mail in twenty comes back: SES reviews such accounts, and may stop them. See docs/guides/mail.md, "Bounces and complaints".',
    });
    alarms.watch('MailComplaints', {
      metric: reputation('Reputation.ComplaintRate'),
      threshold: complaintRateUnderReview,
      description:
        'One mail in a thousand is reported as spam: SES reviews such accounts, and may stop them. See docs/guides/mail.md, "Bounces and complaints".',
    });
  }
}
