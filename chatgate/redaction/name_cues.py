"""Phrases that introduce a name, and the words that never are one; all patterns run on folded text."""

import re
from typing import Final

_TITLE: Final = r"(?:(?:pan|pani|pana|panu|panem|panie|mr|mrs|ms|miss|dr|prof|inz|mgr)\.?\s+)?"
_END: Final = rf"[\s:,\-\"]{{1,3}}{_TITLE}\"?"

LOWER_CUES: Final = re.compile(
    r"(?:\b(?:my|his|her|the|their|customer'?s?|client'?s?|your) (?:(?:full|first|last|given|family|sur"
    r"|maiden) ?)?names?(?: on (?:the |my )?(?:order|account|card|parcel|package|invoice|booking))?(?: is|'s"
    r"| was| are)?(?= ?[:\s])"
    r"|\bname(?:s)?(?: is)?(?=:)|\b(?:full|first|last|given|family) name(?: is)?|\bsurname(?: is)?"
    r"|\bname on (?:the )?(?:order|account|card|parcel)(?: is)?"
    r"|\bnazywam sie|\bnazywa sie|\bmam na imie|\bma na imie|\bna imie (?:mi|mam|ma)|\bmam na nazwisko|\bna imie"
    r"|\bimie i nazwisko(?: to)?|\bimie(?: to)?(?=:)|\bmoje imie(?: to)?"
    r"|\bmoje nazwisko(?: to)?|\bna nazwisko|\bo nazwisku|\bnazwisko(?: to)?|\bimieniem|\bo imieniu"
    r"|\bcall me|\bthey call me"
    r"|\bgo by|\bi'm called|\bi am called|\b(?:odbiorc(?:a|y)|adresat|nadawca|zamawiajacy|kupujacy"
    r"|recipient|sender|buyer|customer|contact person|osoba kontaktowa)(?=:)|\bpodpisano|\bsigned(?: by"
    r"|(?=:))|\bnazwisko panienskie(?: to)?|\bname is|\bname's)" + _END
)
UPPER_CUES: Final = re.compile(
    r"(?:(?P<am>\bjestem|\bja jestem)|(?P<is>\bi'm|\bi am|\bim\b|\bthis is|\bit's|\bit is)|(?:\btu\b|\btutaj\b"
    r"|\bto ja|\bz tej strony|\bmowi|\bpo drugiej stronie"
    r"|\bspeaking is|\bmet)|\bpozdrawiam(?: (?:serdecznie|cieplo|goraco))?|\bpozdrowienia|\bpozdro|\bpozdr\.?"
    r"|\bbuziaki|\bsciskam|\bklaniam sie|\blacze wyrazy szacunku"
    r"|\bz powazaniem|\bz wyrazami szacunku|\bserdecznie"
    r"|\b(?:best|kind|warm|many)? ?regards|\bbest wishes|\bbest\b(?=,)|\bcheers|\bsincerely"
    r"|\byours(?: truly| faithfully| sincerely)?|\bthanks(?: again| a lot)?(?=[,!\s])"
    r"|\bthank you(?: very much| so much)?|\bdziekuje(?: bardzo)?|\bdzieki|\bdear|\bhi|\bhello|\bhey"
    r"|\bgood (?:morning|afternoon|evening)|\bczesc|\bwitaj|\bwitam|\bhej(?:ka|o)?|\bhejka|\belo|\bdobry"
    r"|\b(?:moje )?dane(?: do \w+)?(?=:)|\bunder(?: the)?(?: sur)?(?:name)?|\bna dane|\bsiema|\bdzien dobry"
    r"|\bdobry wieczor|\bdrog(?:i|a)|\bszanown(?:y|a)|\bpan|\bpani|\bpana|\bpanu"
    r"|\bpanem|\bpania|\bpanie|\bpanstw(?:o|a|u)|\bmr\.?|\bmrs\.?|\bms\.?|\bmiss"
    r"|\bmister|\bdr\.?|\bprof\.?|\bodbiorc(?:a|y|zyni)|\badresat(?:ka)?|\bnadawc(?:a|y)|\bzamawiajac(?:y|a)"
    r"|\bklient(?:ka|em|ki|a)?|\bkupujac(?:y|a)|\bplatnik|\bwlasciciel(?:ka|em)?"
    r"|\brecipient(?: is)?|\bsender|\bbuyer|\bcustomer(?: is)?|\bship(?:ped)? to|\bdeliver(?:ed)? to"
    r"|\baddressed to|\battn|\battention|\bc/o|\baccount holder(?: is)?"
    r"|\bcard ?holder(?: is)?|\bcontact person(?: is)?|\bosoba kontaktowa|\bosob(?:a|y|e) do kontaktu"
    r"|\bodbierze|\bodebrala?|\bprzesylka dla|\bpaczka dla|\bzamowienie dla"
    r"|\b(?:moj|moja|moje|mojej|mojego|mojemu|moim) (?:zon\w*|maz|meza|mezowi|mezem|cork\w*|syn\w*"
    r"|siostr\w*|brat\w*|mam\w*|matk\w*|tat\w*|ojc\w*|babci\w*|dziadk\w*|kole\w*"
    r"|przyjaci\w*|wnucz\w*|wnuk\w*|cioci\w*|ciot\w*|wuj\w*|kuzyn\w*|siostrzen\w*|tesciow\w*|tesci\w*"
    r"|chlopak\w*|dziewczyn\w*|partner\w*|narzeczon\w*|szef\w*|sasiad\w*)|\b(?:zona|maz|corka"
    r"|syn|siostra|brat|mama|tata)"
    r"|\bmy (?:wife|husband|daughter|son|sister|brother|mother|mom|mum|father|dad|friend|boyfriend"
    r"|girlfriend|partner|boss|neighbou?r|colleague|fiancee?|niece|nephew|aunt|uncle|cousin|grand\w{2,8}|baby"
    r"|kid|flatmate|roommate)(?:'s name is| is)?"
    r"|\b(?:spoke|speaking|talked|talking|chatted|chatting|spoken) (?:with|to)|\brozmawia(?:lem|lam|l|la"
    r"|m) z|\bkonsultant(?:ka|ki|a|em)?|\bagent(?:ka)?|\bconsultant"
    r"|\badvisor|\bdoradc(?:a|y|zyni)|\bpodpis|\bon behalf of|\b(?:ordered|placed|bought|paid|signed for"
    r"|collected|accepted|sent|booked|returned|handled|answered) by"
    r"|\b(?:zamowion|zlozon|oplacon|odebran|wyslan|kupion|podpisan|obslugiwan)[eaoy]\w* przez|\bodbior(?:u|em)? przez"
    r"|\bobslugiwala? mnie|\bmany thanks|\b(?:warmest|kindest) regards|\ball the best|\byours\b|\btake care"
    r"|\bnaleza?(?:ce|cy|ca) do|\bupowazni(?:am|ony|ona|eni)|\bprosze (?:pytac o|do telefonu)|\bask for"
    r"|\brefund(?:ed)? to|\binvoice to|\bfaktur\w* na|\bna nazwisko|\bpodpisal(?:a|am|em)? sie|\bna panienskie"
    r"|\bgo to|\bjako"
    r"|\bw imieniu|\bna rzecz|\bbilled to|\bbill to"
    r"|\bbelongs to|\bgift for|\bprezent dla)" + _END
)
AFTER: Final = re.compile(
    r"(?P<name>\b[^\W\d_]{3,20})(?: here\b| speaking\b| z tej strony| z obslugi| po tej stronie"
    r"| from support| z biura)"
)

SIGN_OFF: Final = re.compile(
    r"(?:\bpozdrawiam(?: (?:serdecznie|cieplo|goraco))?|\bpozdrowienia|\bpozdro|\bz powazaniem|\bregards"
    r"|\bbest wishes|\bcheers|\bsincerely|\byours)[,\s]{1,3}"
    r"(?=(?P<names>[^\W\d_][^\s,.!?]*(?: [^\W\d_][^\s,.!?]*){0,2})[\s.!]*$)",
    re.MULTILINE,
)
ASKED: Final = re.compile(r"\b(?:imie|imienia|nazwisko|nazwiska|names?|nazywa|na kogo|with whom|who am i)\b")
"""In the line before: the line that answers is a name."""

_COMMON_WORDS: Final = """
ale ala ali ola olu ole iga igi jana jany jani jane pan pana pani wit wita witam witaj kuba kuby ela elu
ele maja maj maju majem majow majami mari marki marka marke mark marku marks leon leni lena leny mila miles
milo dana dane dany danych danie daniem danem daria dar daru darem leo oli oliwa oliwy oliwie roma rom romu
romans adama nina nino zenon kara karo karola kary kare kar karol beat beata mia mie mi miej kaj kaja sole
sola stany stan stanie stanem irys iryna hani hania jas jasie jasna jasny jurek magi magia mag tom tomy tomu
toma tomem tome leki lek leku lech lecha basi basia asi asie asia ani ania aga agi age art arty artur artem
pat pati gosi gosia dom doma domino domu kate kat katy kaci kata ben ten tego tym tem pola pole poli kasia
kasi kasie kas kasy kasa wiki wika wiec wiem chce mam moja moje moj ma mial mialem the and for you are was not
but with from have this that will can may mark rose grace hope joy june bill jack rich max ray art drew sue
rob pat dick don dawn gene dale grant miles lee ann anne anna marie sam same sama samo sami sami samie samem
samych samy dan dane dana dani eva ever even wera wery wrzesien styczen marca marcu marcem kwietnia kwiecien
maja czerwca lipca lipiec lipca sierpnia wrzesnia grudnia leona lew lwa zosi julek jul julia lipiec juli julii
krol krola krole kroi wilk wilka wilki lis lisa lisy kot kota koty baran sowa sowy mazur gora gory wrona szewc
kowal mlynarz bury czarny biala bialy bialego nowak nowa nowy nowe nowego nowej nowym dobry dobra dobre maly
mala duza duzy zielony krawiec kubek sikora kopec gruszka malina kaczmarek green brown white black young king
cook baker hill wood stone bush field fields north west
"""
COMMON: Final = frozenset(_COMMON_WORDS.split())
"""Words that a form of a name may look like: such a form needs more than its letters."""

_NO_NAME_WORDS: Final = """
i a o w z na do od po za we ze to ten ta te tej tego tym tu tutaj tak nie czy jak co kto gdzie kiedy ile jaki
jaka jakie juz jeszcze tylko bardzo prosze dziekuje dzieki dzien dobry wieczor czesc hej witam witaj pan pani
pana panu panem panie pania panstwo panstwa panstwu panowie panie szanowni szanowny szanowna drogi droga
jestem mam chce chcialbym chcialabym moj moja moje moim mojego mojej nasz nasza nasze wasz wasza wasze swoj
swoja mnie mi my wy on ona ono oni ich jego jej zamowienie zamowienia zamowieniem zamowieniu zwrot reklamacja
reklamacji faktura faktury paczka paczki przesylka przesylki dostawa produkt sklep sklepu sklepem adres
adresem numer nr tel telefon telefonu email mail e-mail klient klientem klientka klienta konto kontakt obsluga
obslugi biuro zespol firma firmy oraz ale lub albo bo wiec ze zeby aby gdy jesli jezeli poniewaz dla przez
przy pod nad przed miedzy bez moze mozna musi trzeba bedzie byl byla bylo byc sa poniedzialek wtorek sroda
czwartek piatek sobota niedziela stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia
pazdziernika listopada grudnia styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik
listopad grudzien dzisiaj dzis jutro wczoraj teraz zaraz polska polski polskie polskiej polsce warszawa
warszawie warszawy krakow krakowa krakowie gdansk wroclaw poznan lodz szczecin lublin katowice europa europy
niemcy allegro inpost dpd dhl ups gls poczta paczkomat blik paypal visa mastercard przelewy payu nike adidas
puma samsung apple iphone lenovo xiaomi sony bosch ikea the an and or but if so then is are was were be been
am do does did have has had can could will would should may might must not no yes ok okay please thanks thank
you your yours we our us they them their he she it its his her my mine me i'm im i'd i'll i've hi hello hey
dear good morning afternoon evening day night sir madam team all everyone everybody there here support
customer service agent help order number phone mail address account company shop store chat guys folks friend
friends in on at to for from of by with about into over under after before again also just very much many what
when where who which how why this that these those looking interested having trying wondering waiting writing
calling contacting asking happy sorry glad sure afraid new old great nice fine well really still now today
tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday january february march april june
july august september october november december english polish german french spanish italian european american
british poland germany france england london europe uk usa regards best kind sincerely cheers pozdrawiam
pozdrowienia serdecznie powazaniem z-powazaniem jan. ul ulica zl pln eur usd gbp pesel nip regon iban vat id
pdf usb led hdmi wifi sms gps rodo gdpr info sklep kontakt biuro office shop hello admin support poczta zakupy
test mail noreply no-reply sales faktury zamowienia contact webmaster me user client cudownie super fajnie
spoko jasne oczywiscie rozumiem czekam potrzebuje szukam prosba pytanie sprawa problem rozmiar kolor cena
koszt czas data termin platnosc karta karty size small medium large something anything nothing someone anyone
one two three first last next back as up out off me back later again soon asap given saved such any anymore
different bus male female lord whatever available unable ready done odpowiedz wiadomosc zadowolony
zadowolona zainteresowany zainteresowana pewien pewna gotowy gotowa chory chora zly zla wsciekly
studio firma firme zaklad salon hurtownia fundacja spolka spolki spoldzielnia stowarzyszenie szkola restauracja hotel
wam nam wszystkim ponownie znow warranty guarantee premium vip firmowe firmowy firmowa firmowej kierownik
kierowniku kierowniczko doktorze doktor
dyrektor dyrektorze prezes prezesie konsultant konsultantka klocki anyway though indeed red blue yellow purple
pink orange grey gray silver gold
"""
NO_NAME: Final = frozenset(_NO_NAME_WORDS.split())
"""Words that are never taken for a name, whatever stands before them."""
