import type { LeadMailName } from '../../functions/notifications/templates/lead-words.ts';

type Words = readonly [subject: string, sentence: string];

/** Subject and sentence of every mail about a lead: La Carreta is asked to come to Four Last Songs. */
export const leadMailWords: Readonly<Record<LeadMailName, { readonly en: Words; readonly ro: Words }>> = {
  'truck/asked': {
    en: ['New request: Four Last Songs', 'An organizer asks for La Carreta. Answer, and make an offer:'],
    ro: [
      'Cerere nouă: Four Last Songs',
      'Un organizator întreabă de La Carreta. Răspundeți și faceți o ofertă:',
    ],
  },
  'truck/reminded': {
    en: ['An organizer waits: Four Last Songs', 'An organizer still waits for your offer:'],
    ro: ['Un organizator așteaptă: Four Last Songs', 'Un organizator așteaptă încă oferta dumneavoastră:'],
  },
  'truck/quoted': {
    en: [
      'Counter-offer: Four Last Songs',
      'The organizer offers RON\u00a04,000.00 instead. You can accept that until Saturday, 20 March 2027 at 14:00 EET, or make another offer.',
    ],
    ro: [
      'Contraofertă: Four Last Songs',
      'Organizatorul propune în schimb 4.000,00\u00a0RON. Puteți accepta până sâmbătă, 20 martie 2027 la 14:00 EET sau puteți face altă ofertă.',
    ],
  },
  'truck/accepted': {
    en: [
      'Your offer is accepted: Four Last Songs',
      'The organizer has accepted your offer. The time is kept until the deposit is paid, until Friday, 19 March 2027 at 14:00 EET at the latest.',
    ],
    ro: [
      'Oferta dumneavoastră este acceptată: Four Last Songs',
      'Organizatorul a acceptat oferta dumneavoastră. Timpul rămâne rezervat până la plata avansului, cel târziu vineri, 19 martie 2027 la 14:00 EET.',
    ],
  },
  'truck/booked': {
    en: ['Booked: Four Last Songs', 'La Carreta is booked. You can reach each other directly now.'],
    ro: ['Rezervat: Four Last Songs', 'La Carreta este rezervat. Acum puteți lua legătura direct.'],
  },
  'truck/declined': {
    en: ['Declined: Four Last Songs', 'The organizer has declined. The time is free again.'],
    ro: ['Refuzat: Four Last Songs', 'Organizatorul a refuzat. Timpul este din nou liber.'],
  },
  'truck/expired-unanswered': {
    en: [
      'No offer in time: Four Last Songs',
      'The event has begun without an offer from you. The request is closed.',
    ],
    ro: [
      'Nicio ofertă la timp: Four Last Songs',
      'Evenimentul a început fără o ofertă din partea dumneavoastră. Cererea este închisă.',
    ],
  },
  'truck/expired-offer': {
    en: [
      'The offer is over: Four Last Songs',
      'Nobody accepted the latest offer in time. The request is closed, and the time is free again.',
    ],
    ro: [
      'Oferta a expirat: Four Last Songs',
      'Nimeni nu a acceptat la timp ultima ofertă. Cererea este închisă, iar timpul este din nou liber.',
    ],
  },
  'truck/expired-deposit': {
    en: [
      'No deposit in time: Four Last Songs',
      'The organizer did not pay the deposit in time. The time is free again.',
    ],
    ro: [
      'Avansul nu a sosit la timp: Four Last Songs',
      'Organizatorul nu a plătit avansul la timp. Timpul este din nou liber.',
    ],
  },
  'truck/cancelled-by-organizer': {
    en: ['Cancelled: Four Last Songs', 'The organizer has cancelled the booking. The time is free again.'],
    ro: ['Anulat: Four Last Songs', 'Organizatorul a anulat rezervarea. Timpul este din nou liber.'],
  },
  'truck/cancelled-by-truck': {
    en: [
      'Cancelled: Four Last Songs',
      'You have cancelled the booking. What the organizer has paid is given back.',
    ],
    ro: ['Anulat: Four Last Songs', 'Ați anulat rezervarea. Organizatorul primește înapoi ce a plătit.'],
  },
  'organizer/contacted': {
    en: [
      'La Carreta has answered: Four Last Songs',
      'La Carreta has answered your request, and can make you an offer now.',
    ],
    ro: [
      'La Carreta a răspuns: Four Last Songs',
      'La Carreta a răspuns la cererea dumneavoastră și vă poate face acum o ofertă.',
    ],
  },
  'organizer/quoted': {
    en: [
      'Offer of La Carreta: Four Last Songs',
      'La Carreta offers to come for RON\u00a04,000.00. You can accept until Saturday, 20 March 2027 at 14:00 EET, or make a counter-offer.',
    ],
    ro: [
      'Oferta La Carreta: Four Last Songs',
      'La Carreta se oferă să vină pentru 4.000,00\u00a0RON. Puteți accepta până sâmbătă, 20 martie 2027 la 14:00 EET sau puteți face o contraofertă.',
    ],
  },
  'organizer/accepted': {
    en: [
      'La Carreta accepts your offer: Four Last Songs',
      'La Carreta has accepted your counter-offer. Pay the deposit of RON\u00a02,000.00 until Friday, 19 March 2027 at 14:00 EET: the time is kept for you so long.',
    ],
    ro: [
      'La Carreta acceptă oferta dumneavoastră: Four Last Songs',
      'La Carreta a acceptat contraoferta dumneavoastră. Plătiți avansul de 2.000,00\u00a0RON până vineri, 19 martie 2027 la 14:00 EET: atât vă este păstrat timpul.',
    ],
  },
  'organizer/booked': {
    en: [
      'La Carreta is booked: Four Last Songs',
      'La Carreta is booked. You can reach each other directly now.',
    ],
    ro: [
      'La Carreta este rezervat: Four Last Songs',
      'La Carreta este rezervat. Acum puteți lua legătura direct.',
    ],
  },
  'organizer/declined': {
    en: ['La Carreta has declined: Four Last Songs', 'La Carreta has declined. Other trucks may have time.'],
    ro: ['La Carreta a refuzat: Four Last Songs', 'La Carreta a refuzat. Poate au timp alte rulote.'],
  },
  'organizer/expired-unanswered': {
    en: [
      'No offer of La Carreta: Four Last Songs',
      'La Carreta made no offer before the event began. The request is closed.',
    ],
    ro: [
      'Nicio ofertă de la La Carreta: Four Last Songs',
      'La Carreta nu a făcut nicio ofertă înainte de eveniment. Cererea este închisă.',
    ],
  },
  'organizer/expired-offer': {
    en: [
      'The offer of La Carreta is over: Four Last Songs',
      'Nobody accepted the latest offer in time. The request is closed; you can ask again.',
    ],
    ro: [
      'Oferta La Carreta a expirat: Four Last Songs',
      'Nimeni nu a acceptat la timp ultima ofertă. Cererea este închisă; puteți întreba din nou.',
    ],
  },
  'organizer/expired-deposit': {
    en: [
      'No deposit in time for La Carreta: Four Last Songs',
      'The deposit did not come in time: La Carreta is not booked. You can ask again.',
    ],
    ro: [
      'Avansul pentru La Carreta nu a sosit la timp: Four Last Songs',
      'Avansul nu a sosit la timp: La Carreta nu este rezervat. Puteți întreba din nou.',
    ],
  },
  'organizer/cancelled-by-organizer': {
    en: ['Cancelled: La Carreta, Four Last Songs', 'You have cancelled the booking of La Carreta.'],
    ro: ['Anulat: La Carreta, Four Last Songs', 'Ați anulat rezervarea pentru La Carreta.'],
  },
  'organizer/cancelled-by-truck': {
    en: ['Cancelled: La Carreta, Four Last Songs', 'We are sorry: La Carreta has cancelled the booking.'],
    ro: ['Anulat: La Carreta, Four Last Songs', 'Ne pare rău: La Carreta a anulat rezervarea.'],
  },
  'truck/deposit-lost': {
    en: [
      'The deposit could not be taken: Four Last Songs',
      'The organizer’s bank withdrew the deposit of RON\u00a02,000.00 before it was taken. The booking stands, and nothing was paid for it. Agree with the organizer on another way, or call it off.',
    ],
    ro: [
      'Avansul nu a putut fi încasat: Four Last Songs',
      'Banca organizatorului a retras avansul de 2.000,00\u00a0RON înainte de a fi încasat. Rezervarea rămâne valabilă, dar nu s-a plătit nimic pentru ea. Conveniți cu organizatorul asupra altei căi sau anulați rezervarea.',
    ],
  },
  'organizer/deposit-lost': {
    en: [
      'Your deposit for La Carreta could not be taken: Four Last Songs',
      'Your bank withdrew the deposit of RON\u00a02,000.00 before it was taken: you were not charged. La Carreta is booked all the same. Agree with each other on another way to pay, or call it off.',
    ],
    ro: [
      'Avansul pentru La Carreta nu a putut fi încasat: Four Last Songs',
      'Banca dumneavoastră a retras avansul de 2.000,00\u00a0RON înainte de a fi încasat: nu ați fost taxat. La Carreta rămâne rezervat. Conveniți împreună asupra altei căi de plată sau anulați rezervarea.',
    ],
  },
  'truck/refund-failed': {
    en: [
      'A refund was refused: Four Last Songs',
      'A bank refused RON\u00a02,000.00 that the organizer gets back of the deposit. The organizer can ask for it again, and so can you. If it is refused once more, agree on another way.',
    ],
    ro: [
      'O rambursare a fost refuzată: Four Last Songs',
      'O bancă a refuzat suma de 2.000,00\u00a0RON pe care organizatorul o primește înapoi din avans. Organizatorul o poate cere din nou, la fel și dumneavoastră. Dacă este refuzată încă o dată, conveniți asupra altei căi.',
    ],
  },
  'organizer/late-deposit-released': {
    en: [
      'Your deposit came too late: Four Last Songs',
      'Your deposit of RON\u00a02,000.00 came when La Carreta could not be booked any more. You are not charged: the amount reserved at your bank is released.',
    ],
    ro: [
      'Avansul dumneavoastră a sosit prea târziu: Four Last Songs',
      'Avansul de 2.000,00\u00a0RON a sosit când La Carreta nu mai putea fi rezervat. Nu sunteți taxat: suma rezervată la banca dumneavoastră este eliberată.',
    ],
  },
  'organizer/late-deposit-given-back': {
    en: [
      'Your deposit came too late: Four Last Songs',
      'Your deposit of RON\u00a02,000.00 came when La Carreta could not be booked any more. All of it is given back without your asking.',
    ],
    ro: [
      'Avansul dumneavoastră a sosit prea târziu: Four Last Songs',
      'Avansul de 2.000,00\u00a0RON a sosit când La Carreta nu mai putea fi rezervat. Vă este returnat integral, fără să îl cereți.',
    ],
  },
  'organizer/refund-failed': {
    en: [
      'RON\u00a02,000.00 could not be given back: Four Last Songs',
      'We could not give RON\u00a02,000.00 of your deposit back to the account or card that you paid with: the bank refused it. You lose nothing: look after that account or card, and ask for the refund again in your request.',
    ],
    ro: [
      'Suma de 2.000,00\u00a0RON nu a putut fi returnată: Four Last Songs',
      'Nu am putut returna 2.000,00\u00a0RON din avans în contul sau pe cardul cu care ați plătit: banca a refuzat. Nu pierdeți nimic: verificați contul sau cardul și cereți din nou rambursarea în cererea dumneavoastră.',
    ],
  },
  'organizer/completed': {
    en: [
      'How was La Carreta? Four Last Songs',
      'The event is over. Please tell others how La Carreta was: write a review.',
    ],
    ro: [
      'Cum a fost La Carreta? Four Last Songs',
      'Evenimentul s-a încheiat. Spuneți-le și altora cum a fost La Carreta: scrieți o recenzie.',
    ],
  },
  'truck/message': {
    en: [
      'New message: Four Last Songs',
      'The organizer has written to you. Sign in to read it and to answer:',
    ],
    ro: [
      'Mesaj nou: Four Last Songs',
      'Organizatorul v-a scris. Intrați în cont pentru a citi și a răspunde:',
    ],
  },
  'organizer/message': {
    en: [
      'New message of La Carreta: Four Last Songs',
      'La Carreta has written to you. Sign in to read it and to answer:',
    ],
    ro: [
      'Mesaj nou de la La Carreta: Four Last Songs',
      'La Carreta v-a scris. Intrați în cont pentru a citi și a răspunde:',
    ],
  },
  'organizer/time-taken': {
    en: [
      'La Carreta is booked by others: Four Last Songs',
      'Somebody else has booked La Carreta, and it cannot be with you in time any more. Other trucks may have time.',
    ],
    ro: [
      'La Carreta este rezervat de alții: Four Last Songs',
      'Altcineva a rezervat La Carreta, care nu mai poate ajunge la dumneavoastră la timp. Poate au timp alte rulote.',
    ],
  },
};
