import type { Locale } from './facts.ts';

/** What a sentence is made of, in its language. An offer’s parts are there for mails about offers. */
export interface Spoken {
  readonly name: string;
  readonly truck: string;
  readonly total: string;
  readonly deposit: string;
  readonly expiresAt: string;
  readonly depositBy: string;
  readonly owed: string;
}
type Sentence = (spoken: Spoken) => string;
interface Words {
  readonly subject: Sentence;
  readonly says: Sentence;
}

const en = {
  'truck/asked': {
    subject: ({ name }) => `New request: ${name}`,
    says: ({ truck }) => `An organizer asks for ${truck}. Answer, and make an offer:`,
  },
  'truck/reminded': {
    subject: ({ name }) => `An organizer waits: ${name}`,
    says: () => 'An organizer still waits for your offer:',
  },
  'truck/quoted': {
    subject: ({ name }) => `Counter-offer: ${name}`,
    says: ({ total, expiresAt }) =>
      `The organizer offers ${total} instead. You can accept that until ${expiresAt}, or make another offer.`,
  },
  'truck/accepted': {
    subject: ({ name }) => `Your offer is accepted: ${name}`,
    says: ({ depositBy }) =>
      `The organizer has accepted your offer. The time is kept until the deposit is paid, until ${depositBy} at the latest.`,
  },
  'truck/booked': {
    subject: ({ name }) => `Booked: ${name}`,
    says: ({ truck }) => `${truck} is booked. You can reach each other directly now.`,
  },
  'truck/declined': {
    subject: ({ name }) => `Declined: ${name}`,
    says: () => 'The organizer has declined. The time is free again.',
  },
  'truck/expired-unanswered': {
    subject: ({ name }) => `No offer in time: ${name}`,
    says: () => 'The event has begun without an offer from you. The request is closed.',
  },
  'truck/expired-offer': {
    subject: ({ name }) => `The offer is over: ${name}`,
    says: () =>
      'Nobody accepted the latest offer in time. The request is closed, and the time is free again.',
  },
  'truck/expired-deposit': {
    subject: ({ name }) => `No deposit in time: ${name}`,
    says: () => 'The organizer did not pay the deposit in time. The time is free again.',
  },
  'truck/cancelled-by-organizer': {
    subject: ({ name }) => `Cancelled: ${name}`,
    says: () => 'The organizer has cancelled the booking. The time is free again.',
  },
  'truck/cancelled-by-truck': {
    subject: ({ name }) => `Cancelled: ${name}`,
    says: () => 'You have cancelled the booking. What the organizer has paid is given back.',
  },
  'organizer/contacted': {
    subject: ({ truck, name }) => `${truck} has answered: ${name}`,
    says: ({ truck }) => `${truck} has answered your request, and can make you an offer now.`,
  },
  'organizer/quoted': {
    subject: ({ truck, name }) => `Offer of ${truck}: ${name}`,
    says: ({ truck, total, expiresAt }) =>
      `${truck} offers to come for ${total}. You can accept until ${expiresAt}, or make a counter-offer.`,
  },
  'organizer/accepted': {
    subject: ({ truck, name }) => `${truck} accepts your offer: ${name}`,
    says: ({ truck, deposit, depositBy }) =>
      `${truck} has accepted your counter-offer. Pay the deposit of ${deposit} until ${depositBy}: the time is kept for you so long.`,
  },
  'organizer/booked': {
    subject: ({ truck, name }) => `${truck} is booked: ${name}`,
    says: ({ truck }) => `${truck} is booked. You can reach each other directly now.`,
  },
  'organizer/declined': {
    subject: ({ truck, name }) => `${truck} has declined: ${name}`,
    says: ({ truck }) => `${truck} has declined. Other trucks may have time.`,
  },
  'organizer/expired-unanswered': {
    subject: ({ truck, name }) => `No offer of ${truck}: ${name}`,
    says: ({ truck }) => `${truck} made no offer before the event began. The request is closed.`,
  },
  'organizer/expired-offer': {
    subject: ({ truck, name }) => `The offer of ${truck} is over: ${name}`,
    says: () => 'Nobody accepted the latest offer in time. The request is closed; you can ask again.',
  },
  'organizer/expired-deposit': {
    subject: ({ truck, name }) => `No deposit in time for ${truck}: ${name}`,
    says: ({ truck }) => `The deposit did not come in time: ${truck} is not booked. You can ask again.`,
  },
  'organizer/cancelled-by-organizer': {
    subject: ({ truck, name }) => `Cancelled: ${truck}, ${name}`,
    says: ({ truck }) => `You have cancelled the booking of ${truck}.`,
  },
  'organizer/cancelled-by-truck': {
    subject: ({ truck, name }) => `Cancelled: ${truck}, ${name}`,
    says: ({ truck }) => `We are sorry: ${truck} has cancelled the booking.`,
  },
  'organizer/late-deposit-released': {
    subject: ({ name }) => `Your deposit came too late: ${name}`,
    says: ({ truck, deposit }) =>
      `Your deposit of ${deposit} came when ${truck} could not be booked any more. You are not charged: the amount reserved at your bank is released.`,
  },
  'organizer/late-deposit-given-back': {
    subject: ({ name }) => `Your deposit came too late: ${name}`,
    says: ({ truck, deposit }) =>
      `Your deposit of ${deposit} came when ${truck} could not be booked any more. All of it is given back without your asking.`,
  },
  'organizer/deposit-lost': {
    subject: ({ truck, name }) => `Your deposit for ${truck} could not be taken: ${name}`,
    says: ({ truck, deposit }) =>
      `Your bank withdrew the deposit of ${deposit} before it was taken: you were not charged. ${truck} is booked all the same. Agree with each other on another way to pay, or call it off.`,
  },
  'organizer/refund-failed': {
    subject: ({ owed, name }) => `${owed} could not be given back: ${name}`,
    says: ({ owed }) =>
      `We could not give ${owed} of your deposit back to the account or card that you paid with: the bank refused it. You lose nothing: look after that account or card, and ask for the refund again in your request.`,
  },
  'organizer/completed': {
    subject: ({ truck, name }) => `How was ${truck}? ${name}`,
    says: ({ truck }) => `The event is over. Please tell others how ${truck} was: write a review.`,
  },
  'truck/deposit-lost': {
    subject: ({ name }) => `The deposit could not be taken: ${name}`,
    says: ({ deposit }) =>
      `The organizer’s bank withdrew the deposit of ${deposit} before it was taken. The booking stands, and nothing was paid for it. Agree with the organizer on another way, or call it off.`,
  },
  'truck/refund-failed': {
    subject: ({ name }) => `A refund was refused: ${name}`,
    says: ({ owed }) =>
      `A bank refused ${owed} that the organizer gets back of the deposit. The organizer can ask for it again, and so can you. If it is refused once more, agree on another way.`,
  },
  'truck/message': {
    subject: ({ name }) => `New message: ${name}`,
    says: () => 'The organizer has written to you. Sign in to read it and to answer:',
  },
  'organizer/message': {
    subject: ({ truck, name }) => `New message of ${truck}: ${name}`,
    says: ({ truck }) => `${truck} has written to you. Sign in to read it and to answer:`,
  },
  'organizer/time-taken': {
    subject: ({ truck, name }) => `${truck} is booked by others: ${name}`,
    says: ({ truck }) =>
      `Somebody else has booked ${truck}, and it cannot be with you in time any more. Other trucks may have time.`,
  },
} as const satisfies Readonly<Record<string, Words>>;

/** A mail about a lead: whom it is for, and what it tells. */
export type LeadMailName = keyof typeof en;
export const leadMailNames = Object.keys(en) as readonly LeadMailName[];

const ro: Readonly<Record<LeadMailName, Words>> = {
  'truck/asked': {
    subject: ({ name }) => `Cerere nouă: ${name}`,
    says: ({ truck }) => `Un organizator întreabă de ${truck}. Răspundeți și faceți o ofertă:`,
  },
  'truck/reminded': {
    subject: ({ name }) => `Un organizator așteaptă: ${name}`,
    says: () => 'Un organizator așteaptă încă oferta dumneavoastră:',
  },
  'truck/quoted': {
    subject: ({ name }) => `Contraofertă: ${name}`,
    says: ({ total, expiresAt }) =>
      `Organizatorul propune în schimb ${total}. Puteți accepta până ${expiresAt} sau puteți face altă ofertă.`,
  },
  'truck/accepted': {
    subject: ({ name }) => `Oferta dumneavoastră este acceptată: ${name}`,
    says: ({ depositBy }) =>
      `Organizatorul a acceptat oferta dumneavoastră. Timpul rămâne rezervat până la plata avansului, cel târziu ${depositBy}.`,
  },
  'truck/booked': {
    subject: ({ name }) => `Rezervat: ${name}`,
    says: ({ truck }) => `${truck} este rezervat. Acum puteți lua legătura direct.`,
  },
  'truck/declined': {
    subject: ({ name }) => `Refuzat: ${name}`,
    says: () => 'Organizatorul a refuzat. Timpul este din nou liber.',
  },
  'truck/expired-unanswered': {
    subject: ({ name }) => `Nicio ofertă la timp: ${name}`,
    says: () => 'Evenimentul a început fără o ofertă din partea dumneavoastră. Cererea este închisă.',
  },
  'truck/expired-offer': {
    subject: ({ name }) => `Oferta a expirat: ${name}`,
    says: () =>
      'Nimeni nu a acceptat la timp ultima ofertă. Cererea este închisă, iar timpul este din nou liber.',
  },
  'truck/expired-deposit': {
    subject: ({ name }) => `Avansul nu a sosit la timp: ${name}`,
    says: () => 'Organizatorul nu a plătit avansul la timp. Timpul este din nou liber.',
  },
  'truck/cancelled-by-organizer': {
    subject: ({ name }) => `Anulat: ${name}`,
    says: () => 'Organizatorul a anulat rezervarea. Timpul este din nou liber.',
  },
  'truck/cancelled-by-truck': {
    subject: ({ name }) => `Anulat: ${name}`,
    says: () => 'Ați anulat rezervarea. Organizatorul primește înapoi ce a plătit.',
  },
  'organizer/contacted': {
    subject: ({ truck, name }) => `${truck} a răspuns: ${name}`,
    says: ({ truck }) => `${truck} a răspuns la cererea dumneavoastră și vă poate face acum o ofertă.`,
  },
  'organizer/quoted': {
    subject: ({ truck, name }) => `Oferta ${truck}: ${name}`,
    says: ({ truck, total, expiresAt }) =>
      `${truck} se oferă să vină pentru ${total}. Puteți accepta până ${expiresAt} sau puteți face o contraofertă.`,
  },
  'organizer/accepted': {
    subject: ({ truck, name }) => `${truck} acceptă oferta dumneavoastră: ${name}`,
    says: ({ truck, deposit, depositBy }) =>
      `${truck} a acceptat contraoferta dumneavoastră. Plătiți avansul de ${deposit} până ${depositBy}: atât vă este păstrat timpul.`,
  },
  'organizer/booked': {
    subject: ({ truck, name }) => `${truck} este rezervat: ${name}`,
    says: ({ truck }) => `${truck} este rezervat. Acum puteți lua legătura direct.`,
  },
  'organizer/declined': {
    subject: ({ truck, name }) => `${truck} a refuzat: ${name}`,
    says: ({ truck }) => `${truck} a refuzat. Poate au timp alte rulote.`,
  },
  'organizer/expired-unanswered': {
    subject: ({ truck, name }) => `Nicio ofertă de la ${truck}: ${name}`,
    says: ({ truck }) => `${truck} nu a făcut nicio ofertă înainte de eveniment. Cererea este închisă.`,
  },
  'organizer/expired-offer': {
    subject: ({ truck, name }) => `Oferta ${truck} a expirat: ${name}`,
    says: () => 'Nimeni nu a acceptat la timp ultima ofertă. Cererea este închisă; puteți întreba din nou.',
  },
  'organizer/expired-deposit': {
    subject: ({ truck, name }) => `Avansul pentru ${truck} nu a sosit la timp: ${name}`,
    says: ({ truck }) => `Avansul nu a sosit la timp: ${truck} nu este rezervat. Puteți întreba din nou.`,
  },
  'organizer/cancelled-by-organizer': {
    subject: ({ truck, name }) => `Anulat: ${truck}, ${name}`,
    says: ({ truck }) => `Ați anulat rezervarea pentru ${truck}.`,
  },
  'organizer/cancelled-by-truck': {
    subject: ({ truck, name }) => `Anulat: ${truck}, ${name}`,
    says: ({ truck }) => `Ne pare rău: ${truck} a anulat rezervarea.`,
  },
  'organizer/late-deposit-released': {
    subject: ({ name }) => `Avansul dumneavoastră a sosit prea târziu: ${name}`,
    says: ({ truck, deposit }) =>
      `Avansul de ${deposit} a sosit când ${truck} nu mai putea fi rezervat. Nu sunteți taxat: suma rezervată la banca dumneavoastră este eliberată.`,
  },
  'organizer/late-deposit-given-back': {
    subject: ({ name }) => `Avansul dumneavoastră a sosit prea târziu: ${name}`,
    says: ({ truck, deposit }) =>
      `Avansul de ${deposit} a sosit când ${truck} nu mai putea fi rezervat. Vă este returnat integral, fără să îl cereți.`,
  },
  'organizer/deposit-lost': {
    subject: ({ truck, name }) => `Avansul pentru ${truck} nu a putut fi încasat: ${name}`,
    says: ({ truck, deposit }) =>
      `Banca dumneavoastră a retras avansul de ${deposit} înainte de a fi încasat: nu ați fost taxat. ${truck} rămâne rezervat. Conveniți împreună asupra altei căi de plată sau anulați rezervarea.`,
  },
  'organizer/refund-failed': {
    subject: ({ owed, name }) => `Suma de ${owed} nu a putut fi returnată: ${name}`,
    says: ({ owed }) =>
      `Nu am putut returna ${owed} din avans în contul sau pe cardul cu care ați plătit: banca a refuzat. Nu pierdeți nimic: verificați contul sau cardul și cereți din nou rambursarea în cererea dumneavoastră.`,
  },
  'organizer/completed': {
    subject: ({ truck, name }) => `Cum a fost ${truck}? ${name}`,
    says: ({ truck }) =>
      `Evenimentul s-a încheiat. Spuneți-le și altora cum a fost ${truck}: scrieți o recenzie.`,
  },
  'truck/deposit-lost': {
    subject: ({ name }) => `Avansul nu a putut fi încasat: ${name}`,
    says: ({ deposit }) =>
      `Banca organizatorului a retras avansul de ${deposit} înainte de a fi încasat. Rezervarea rămâne valabilă, dar nu s-a plătit nimic pentru ea. Conveniți cu organizatorul asupra altei căi sau anulați rezervarea.`,
  },
  'truck/refund-failed': {
    subject: ({ name }) => `O rambursare a fost refuzată: ${name}`,
    says: ({ owed }) =>
      `O bancă a refuzat suma de ${owed} pe care organizatorul o primește înapoi din avans. Organizatorul o poate cere din nou, la fel și dumneavoastră. Dacă este refuzată încă o dată, conveniți asupra altei căi.`,
  },
  'truck/message': {
    subject: ({ name }) => `Mesaj nou: ${name}`,
    says: () => 'Organizatorul v-a scris. Intrați în cont pentru a citi și a răspunde:',
  },
  'organizer/message': {
    subject: ({ truck, name }) => `Mesaj nou de la ${truck}: ${name}`,
    says: ({ truck }) => `${truck} v-a scris. Intrați în cont pentru a citi și a răspunde:`,
  },
  'organizer/time-taken': {
    subject: ({ truck, name }) => `${truck} este rezervat de alții: ${name}`,
    says: ({ truck }) =>
      `Altcineva a rezervat ${truck}, care nu mai poate ajunge la dumneavoastră la timp. Poate au timp alte rulote.`,
  },
};

/** What is said to whom, by the language. */
export const leadWords: Readonly<Record<Locale, Readonly<Record<LeadMailName, Words>>>> = { en, ro };

/** What stands before the facts. */
export const leadLabels = {
  en: {
    event: 'Event',
    from: 'From',
    until: 'Until',
    where: 'Where',
    guests: 'Guests',
    truck: 'Truck',
    offer: 'Offer',
    deposit: 'Deposit',
    contact: 'Contact',
    reason: 'Reason',
    lead: 'Request',
    email: 'E-mail',
    phone: 'Phone',
    refund: (amount: string) => `${amount} of your deposit is given back without your asking.`,
  },
  ro: {
    event: 'Eveniment',
    from: 'De la',
    until: 'Până la',
    where: 'Unde',
    guests: 'Invitați',
    truck: 'Rulotă',
    offer: 'Ofertă',
    deposit: 'Avans',
    contact: 'Contact',
    reason: 'Motiv',
    lead: 'Cerere',
    email: 'E-mail',
    phone: 'Telefon',
    refund: (amount: string) => `Din avans vă este returnată suma de ${amount}, fără să o cereți.`,
  },
} as const;
