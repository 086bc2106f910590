CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES ('0001');
CREATE TABLE agent (
	id VARCHAR(64) NOT NULL, 
	email VARCHAR(320) NOT NULL, 
	name TEXT NOT NULL, 
	role VARCHAR(32) NOT NULL, 
	password_hash TEXT NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (email)
);
INSERT INTO "agent" VALUES ('01a21b00-d66b-71bb-9ce5-4525aacae249', 'adam@kilnandcup.example', 'Adam', 'admin', '$argon2id$v=19$m=65536,t=3,p=4$rTk9VvmQxdh/Q05SG/VCRA$+8UlHMdQlGzk9izF/ISg+UTfi3zgXyYq0jGFT24u8GQ', 1, '2026-03-02 12:00:00.000000');
CREATE TABLE audit_event (
	id VARCHAR(64) NOT NULL, 
	actor TEXT NOT NULL, 
	action VARCHAR(64) NOT NULL, 
	subject_id VARCHAR(64), 
	reason TEXT, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE dataset_release (
	id VARCHAR(64) NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	version INTEGER NOT NULL, 
	purpose VARCHAR(32) NOT NULL, 
	recipient TEXT NOT NULL, 
	commitment_key VARCHAR(64) NOT NULL, 
	override_reason TEXT, 
	data_sha256 VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE erasure_permit (
	row_id VARCHAR(64) NOT NULL, 
	PRIMARY KEY (row_id)
);
CREATE TABLE ledger_leaf (
	seq INTEGER NOT NULL, 
	leaf_hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (seq)
);
INSERT INTO "ledger_leaf" VALUES (0, 'e87cca22683139644a0b3501e68e0a738c56d6f13c7f9bd0ac27ac5782a39d35');
INSERT INTO "ledger_leaf" VALUES (1, '87e372d1a7acf29f98f36770e69821dc172dcccd20d7d7ba1665b62d6ee162c8');
INSERT INTO "ledger_leaf" VALUES (2, 'e6fa025ffcf04462351ac36ab71125a8a648e89329b9f1db6ee853771fb50d5b');
INSERT INTO "ledger_leaf" VALUES (3, '421740840538e24f4244f7ce12b5c245c85973601f7f72faf5f36fdfbc7212f9');
INSERT INTO "ledger_leaf" VALUES (4, '42c8c36a0fcb285dfc324e0335511fb1100dfadeb5a7993d1f7d1c0b66862c79');
CREATE TABLE middleware_row (
	id VARCHAR(64) NOT NULL, 
	middleware VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	purpose VARCHAR(32) NOT NULL, 
	conversation_id VARCHAR(64), 
	value TEXT NOT NULL, 
	changed_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (middleware, name)
);
CREATE TABLE outbox_event (
	id VARCHAR(64) NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	site_id VARCHAR(64) NOT NULL, 
	conversation_id VARCHAR(64) NOT NULL, 
	subject VARCHAR(64), 
	detail JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	next_at DATETIME NOT NULL, 
	attempts INTEGER NOT NULL, 
	done_at DATETIME, 
	last_error_class VARCHAR(128), 
	PRIMARY KEY (id)
);
INSERT INTO "outbox_event" VALUES ('01a21b00-da45-72c4-b1f7-9dd855e8f12a', 'conversation_closed', 'demo', '01a21b00-d8fb-743e-b11e-89e7590a48a6', NULL, '{}', '2026-03-02 12:00:00.000000', '2026-03-02 12:01:00.000000', 1, '2026-03-02 12:00:00.000000', NULL);
INSERT INTO "outbox_event" VALUES ('01a21b00-da7c-735c-8aa0-5b038a531c12', 'conversation_closed', 'demo', '01a21b00-d98e-7413-82b7-80380c40135a', NULL, '{}', '2026-03-02 12:00:00.000000', '2026-03-02 12:01:00.000000', 1, '2026-03-02 12:00:00.000000', NULL);
INSERT INTO "outbox_event" VALUES ('01a21b00-dc56-7041-9bcc-a1583af4751b', 'training_retracted', 'demo', '01a21b00-d98e-7413-82b7-80380c40135a', '01a21b00-dba5-7730-8da7-b51262c69587', '{"reason": "consent_withdrawn"}', '2026-03-02 12:00:00.000000', '2026-03-02 12:00:00.000000', 0, NULL, NULL);
INSERT INTO "outbox_event" VALUES ('01a21b00-dc5f-74fd-84ec-a60d0bf9e745', 'consent_changed', 'demo', '01a21b00-d98e-7413-82b7-80380c40135a', '01a21b00-dc42-7156-85ce-a2b33b4d6d90', '{}', '2026-03-02 12:00:00.000000', '2026-03-02 12:00:00.000000', 0, NULL, NULL);
CREATE TABLE site (
	id VARCHAR(64) NOT NULL, 
	name TEXT NOT NULL, 
	active BOOLEAN NOT NULL, 
	allowed_origins JSON NOT NULL, 
	settings JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "site" VALUES ('demo', 'Kiln & Cup', 1, '["https://shop.example"]', '{"accent": "#0f766e", "position": "right", "default_locale": "en", "greeting": {}, "reply_time": null, "channels": [], "greeting_rules": [], "offered_to_children": false, "prechat": [], "attachments": true, "attachment_max_megabytes": 10}', '2026-03-02 12:00:00.000000');
CREATE TABLE spent_display_token (
	nonce_hash VARCHAR(64) NOT NULL, 
	client_id_hash VARCHAR(64) NOT NULL, 
	conversation_id VARCHAR(64) NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (nonce_hash)
);
INSERT INTO "spent_display_token" VALUES ('fdf5410ea7f6163d7dc90c03421a222a208fa71b0734a98e7945b6d964d6eacb', 'c99ff6990b675b5c3463fe6d4eb8300eb7ddedd06325f16ebf892b07f45eaa79', '01a21b00-d8fb-743e-b11e-89e7590a48a6', '2026-03-02 12:30:00.000000');
INSERT INTO "spent_display_token" VALUES ('b34bb57c78d1d95b8a9dad3f77dcbb095f325216c884529abf9292ca49deab8c', '62f9b4c457350ecd476de9c9116deb1bc2b01d7e18c6ba388dd57bb520d7b530', '01a21b00-d98e-7413-82b7-80380c40135a', '2026-03-02 12:30:00.000000');
INSERT INTO "spent_display_token" VALUES ('1067194583acb9aad027b0a2cd6ce085dc8c86712ed434e34956a3d7330feaec', '9e72fda2e8cea26efb62bbfd63605659f83e031c5367cf994449be54475de30f', '', '2026-03-02 12:30:00.000000');
CREATE TABLE training_lineage (
	item_id VARCHAR(64) NOT NULL, 
	conversation_id VARCHAR(64) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	reason VARCHAR(64), 
	sink VARCHAR(64), 
	consent_event_id VARCHAR(64), 
	notice_sha256 VARCHAR(64), 
	transcript_sha256 VARCHAR(64), 
	redaction_profile VARCHAR(64), 
	due_at DATETIME, 
	created_at DATETIME NOT NULL, 
	changed_at DATETIME NOT NULL, 
	PRIMARY KEY (item_id)
);
INSERT INTO "training_lineage" VALUES ('01a21b00-dadd-7468-9938-4c4bb46c4707', '01a21b00-d8fb-743e-b11e-89e7590a48a6', 'admitted', NULL, 'database', '01a21b00-d90b-73db-864f-00b0961e76fc', 'cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', '1114b7e87e423636f744fc5babea2ccad0e6a5256afa658c6b375fa3c59b0555', '1.1.0', '2026-03-02 12:05:00.000000', '2026-03-02 12:00:00.000000', '2026-03-02 12:00:00.000000');
INSERT INTO "training_lineage" VALUES ('01a21b00-dba5-7730-8da7-b51262c69587', '01a21b00-d98e-7413-82b7-80380c40135a', 'quarantined', 'consent_withdrawn', 'database', '01a21b00-d9ad-75fb-ab34-6188caa4ae83', 'cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', '9622ca9b3e21f9725c701ee2b042266556e12c24f64d205e9c5042d40c433fca', '1.1.0', '2026-03-02 12:05:00.000000', '2026-03-02 12:00:00.000000', '2026-03-02 12:00:00.000000');
CREATE TABLE agent_session (
	token_hash VARCHAR(64) NOT NULL, 
	agent_id VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	PRIMARY KEY (token_hash), 
	FOREIGN KEY(agent_id) REFERENCES agent (id)
);
CREATE TABLE consent_notice (
	sha256 VARCHAR(64) NOT NULL, 
	site_id VARCHAR(64) NOT NULL, 
	notice_id VARCHAR(64) NOT NULL, 
	version VARCHAR(32) NOT NULL, 
	locale VARCHAR(35) NOT NULL, 
	content JSON NOT NULL, 
	published_at DATETIME NOT NULL, 
	publication INTEGER NOT NULL, 
	PRIMARY KEY (sha256), 
	FOREIGN KEY(site_id) REFERENCES site (id), 
	UNIQUE (site_id, notice_id, version, locale)
);
INSERT INTO "consent_notice" VALUES ('cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', 'demo', 'default', '1.0.0', 'en', '{"schema": "chatgate/notice/v1", "site": "demo", "notice_id": "default", "version": "1.0.0", "locale": "en", "preset": "split", "welcome": "Before we start, please tell us what we may do with this chat.", "clauses": [{"purpose": "support", "required": true, "legal_basis": "consent", "retention_days": 365, "text": "Kiln & Cup may process this chat to answer me, as its privacy policy describes. I can withdraw this at any time; the chat then ends.", "link_label": "Privacy policy"}, {"purpose": "training", "required": false, "legal_basis": "consent", "retention_days": 730, "text": "Kiln & Cup may use this chat to improve its automated handling of inquiries. I can withdraw this at any time, and it makes no difference to the answer I get.", "link_label": "Privacy policy"}], "full_text": "Who is responsible: Kiln & Cup, ul. Garncarska 7, 31-115 Krak\u00f3w, Poland. You can write to privacy@kilnandcup.example about anything on this page.\n\nWhat this is about: with your consent we process what you write in the chat window, what our staff answer, the time of each message, the language of the window and the page of the shop on which you opened it. We store no network address and no description of your device.\n\nTo answer you (required for the chat): we process the chat so that a person of our shop can read it and reply. The basis is your consent, Art. 6(1)(a) of the GDPR. We keep the chat for 365 days after it ends.\n\nTo improve our automated handling of inquiries (optional): if you agree to this as well, a copy of the chat goes to our training store after it has ended. E-mail addresses, phone numbers, account numbers and names that we can recognise are replaced before. What remains is pseudonymised, not anonymous. We keep that copy for 730 days at most. Refusing changes nothing about the answer you get.\n\nWithdrawing: you can withdraw either consent at any time, in the same window in which you gave it, with one click on \"Change\". Withdrawing does not make earlier processing unlawful. When you withdraw the second one, the copy is blocked at once and deleted.\n\nYour rights: access, rectification, erasure, restriction, portability, and a complaint to the supervisory authority. Your receipt lists them and opens them without an account.", "full_text_label": "Read the full clause", "policy_label": "Privacy policy", "policy_text": "Kiln & Cup, ul. Garncarska 7, 31-115 Krak\u00f3w, Poland, privacy@kilnandcup.example, is the controller of your data.\n\nWhat data and why: the content and times of your chat, to answer you (consent, Art. 6(1)(a) GDPR, kept 365 days); a pseudonymised copy, to improve our automated handling of inquiries, only if you agreed to that (consent, Art. 6(1)(a) GDPR, kept 730 days at most); the record of your consent, to prove it (legal obligation, Art. 7(1) GDPR).\n\nTo whom: the chat runs on our own server. Nobody else receives your data.\n\nWhat is stored on your device: after you agree, one entry with the key of your chat, an unsent draft and your choices for the window. Nothing before. It goes when you withdraw.\n\nYour rights: access, rectification, erasure, restriction, portability, withdrawal of consent at any time, and a complaint to the supervisory authority: Prezes Urz\u0119du Ochrony Danych Osobowych, ul. Stawki 2, 00-193 Warszawa. No decision about you is made by a machine alone.", "policy_url": "", "policy_version": "1.0", "policy_sha256": "f9e4836f5d8f85cb0edeea3adb82d5ceb86bf460964f8f7e6041708fe909bf9f", "controller": {"name": "Kiln & Cup", "address": "ul. Garncarska 7, 31-115 Krak\u00f3w, Poland", "contact": "privacy@kilnandcup.example"}, "recipients": [], "recipients_version": "1.0", "storage_location": "Poland, on the shop''s own server", "jurisdiction": "PL", "complaint_authority": "Prezes Urz\u0119du Ochrony Danych Osobowych, ul. Stawki 2, 00-193 Warszawa, https://uodo.gov.pl", "equivalent_channel": "", "automation": false}', '2026-03-02 12:00:00.000000', 1);
INSERT INTO "consent_notice" VALUES ('c7746b0a770cd8a042651dd1229988b0646a04f0a94fff9d0a6f1d2604a26e24', 'demo', 'default', '1.0.0', 'pl', '{"schema": "chatgate/notice/v1", "site": "demo", "notice_id": "default", "version": "1.0.0", "locale": "pl", "preset": "split", "welcome": "Zanim zaczniemy, prosimy o decyzj\u0119, co wolno zrobi\u0107 z t\u0105 rozmow\u0105.", "clauses": [{"purpose": "support", "required": true, "legal_basis": "consent", "retention_days": 365, "text": "Kiln & Cup mo\u017ce przetwarza\u0107 t\u0119 rozmow\u0119, aby na ni\u0105 odpowiedzie\u0107, zgodnie z polityk\u0105 prywatno\u015bci. Zgod\u0119 mo\u017cna wycofa\u0107 w ka\u017cdej chwili; rozmowa wtedy si\u0119 ko\u0144czy.", "link_label": "Polityka prywatno\u015bci"}, {"purpose": "training", "required": false, "legal_basis": "consent", "retention_days": 730, "text": "Kiln & Cup mo\u017ce wykorzysta\u0107 t\u0119 rozmow\u0119 do ulepszania automatycznej obs\u0142ugi zapyta\u0144. Zgod\u0119 mo\u017cna wycofa\u0107 w ka\u017cdej chwili i nie ma ona wp\u0142ywu na otrzyman\u0105 odpowied\u017a.", "link_label": "Polityka prywatno\u015bci"}], "full_text": "Kto odpowiada za dane: Kiln & Cup, ul. Garncarska 7, 31-115 Krak\u00f3w, Poland. W ka\u017cdej sprawie z tej strony mo\u017cna napisa\u0107 na adres privacy@kilnandcup.example.\n\nCzego to dotyczy: za zgod\u0105 przetwarzamy tre\u015b\u0107 wpisan\u0105 w oknie rozmowy, odpowiedzi naszych pracownik\u00f3w, czas ka\u017cdej wiadomo\u015bci, j\u0119zyk okna oraz stron\u0119 sklepu, na kt\u00f3rej zosta\u0142o otwarte. Nie zapisujemy adresu sieciowego ani opisu urz\u0105dzenia.\n\nAby odpowiedzie\u0107 (wymagane do rozmowy): przetwarzamy rozmow\u0119, aby osoba z naszego sklepu mog\u0142a j\u0105 przeczyta\u0107 i odpisa\u0107. Podstaw\u0105 jest zgoda, art. 6 ust. 1 lit. a RODO. Rozmow\u0119 przechowujemy przez 365 dni od jej zako\u0144czenia.\n\nAby ulepsza\u0107 automatyczn\u0105 obs\u0142ug\u0119 zapyta\u0144 (dobrowolne): je\u015bli zostanie wyra\u017cona tak\u017ce ta zgoda, kopia rozmowy trafia po jej zako\u0144czeniu do naszego zbioru treningowego. Rozpoznane adresy e-mail, numery telefon\u00f3w, numery kont i nazwiska s\u0105 wcze\u015bniej zast\u0119powane. To, co zostaje, jest spseudonimizowane, a nie anonimowe. Kopi\u0119 przechowujemy najwy\u017cej przez 730 dni. Odmowa niczego nie zmienia w otrzymanej odpowiedzi.\n\nWycofanie: ka\u017cd\u0105 ze zg\u00f3d mo\u017cna wycofa\u0107 w ka\u017cdej chwili, w tym samym oknie, w kt\u00f3rym zosta\u0142a wyra\u017cona, jednym klikni\u0119ciem \u201eZmie\u0144\u201d. Wycofanie nie wp\u0142ywa na zgodno\u015b\u0107 z prawem wcze\u015bniejszego przetwarzania. Po wycofaniu drugiej zgody kopia jest od razu blokowana i usuwana.\n\nPrawa: dost\u0119p do danych, sprostowanie, usuni\u0119cie, ograniczenie przetwarzania, przenoszenie oraz skarga do organu nadzorczego. Potwierdzenie zgody wymienia je i pozwala z nich skorzysta\u0107 bez konta.", "full_text_label": "Przeczytaj pe\u0142n\u0105 klauzul\u0119", "policy_label": "Polityka prywatno\u015bci", "policy_text": "Administratorem danych jest Kiln & Cup, ul. Garncarska 7, 31-115 Krak\u00f3w, Poland, privacy@kilnandcup.example.\n\nJakie dane i po co: tre\u015b\u0107 i czas rozmowy, aby odpowiedzie\u0107 (zgoda, art. 6 ust. 1 lit. a RODO, 365 dni); spseudonimizowana kopia do ulepszania automatycznej obs\u0142ugi zapyta\u0144, tylko za odr\u0119bn\u0105 zgod\u0105 (art. 6 ust. 1 lit. a RODO, najwy\u017cej 730 dni); zapis zgody, aby m\u00f3c j\u0105 wykaza\u0107 (obowi\u0105zek prawny, art. 7 ust. 1 RODO).\n\nKomu: rozmowa dzia\u0142a na naszym w\u0142asnym serwerze. Nikt inny nie otrzymuje danych.\n\nCo jest zapisywane na urz\u0105dzeniu: po wyra\u017ceniu zgody jeden wpis z kluczem rozmowy, niewys\u0142anym szkicem i ustawieniami okna. Wcze\u015bniej nic. Wpis znika po wycofaniu zgody.\n\nPrawa: dost\u0119p, sprostowanie, usuni\u0119cie, ograniczenie, przenoszenie, wycofanie zgody w ka\u017cdej chwili oraz skarga do organu nadzorczego: Prezes Urz\u0119du Ochrony Danych Osobowych, ul. Stawki 2, 00-193 Warszawa. \u017badna decyzja nie jest podejmowana wy\u0142\u0105cznie przez maszyn\u0119.", "policy_url": "", "policy_version": "1.0", "policy_sha256": "1789425ae338eab6ac14652433ea18ba0bc8530d04adc4a621516fc1ae0d2be8", "controller": {"name": "Kiln & Cup", "address": "ul. Garncarska 7, 31-115 Krak\u00f3w, Poland", "contact": "privacy@kilnandcup.example"}, "recipients": [], "recipients_version": "1.0", "storage_location": "Poland, on the shop''s own server", "jurisdiction": "PL", "complaint_authority": "Prezes Urz\u0119du Ochrony Danych Osobowych, ul. Stawki 2, 00-193 Warszawa, https://uodo.gov.pl", "equivalent_channel": "", "automation": false}', '2026-03-02 12:00:00.000000', 1);
CREATE TABLE outbox_delivery (
	id VARCHAR(64) NOT NULL, 
	event_id VARCHAR(64) NOT NULL, 
	middleware VARCHAR(64) NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_at DATETIME NOT NULL, 
	done_at DATETIME, 
	last_error_class VARCHAR(128), 
	PRIMARY KEY (id), 
	FOREIGN KEY(event_id) REFERENCES outbox_event (id), 
	UNIQUE (event_id, middleware)
);
CREATE TABLE release_item (
	release_id VARCHAR(64) NOT NULL, 
	item_id VARCHAR(64) NOT NULL, 
	line INTEGER NOT NULL, 
	commitment VARCHAR(64) NOT NULL, 
	PRIMARY KEY (release_id, item_id), 
	FOREIGN KEY(release_id) REFERENCES dataset_release (id), 
	UNIQUE (release_id, line)
);
CREATE TABLE revocation_entry (
	release_id VARCHAR(64) NOT NULL, 
	commitment VARCHAR(64) NOT NULL, 
	revoked_at DATETIME NOT NULL, 
	PRIMARY KEY (commitment), 
	FOREIGN KEY(release_id) REFERENCES dataset_release (id)
);
CREATE TABLE visitor (
	id VARCHAR(64) NOT NULL, 
	site_id VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(site_id) REFERENCES site (id)
);
INSERT INTO "visitor" VALUES ('01a21b00-d8fb-743e-b11e-89e59dcc338d', 'demo', '2026-03-02 12:00:00.000000');
INSERT INTO "visitor" VALUES ('01a21b00-d98e-7413-82b7-80363f1324e4', 'demo', '2026-03-02 12:00:00.000000');
CREATE TABLE consent_record (
	id VARCHAR(64) NOT NULL, 
	schema_version VARCHAR(32) NOT NULL, 
	subject_id VARCHAR(64) NOT NULL, 
	site_id VARCHAR(64) NOT NULL, 
	notice_id VARCHAR(64) NOT NULL, 
	notice_version VARCHAR(32) NOT NULL, 
	notice_sha256 VARCHAR(64) NOT NULL, 
	locale VARCHAR(35) NOT NULL, 
	clauses JSON NOT NULL, 
	controller JSON NOT NULL, 
	recipients_version VARCHAR(64) NOT NULL, 
	policy_version VARCHAR(64) NOT NULL, 
	policy_sha256 VARCHAR(64) NOT NULL, 
	retention JSON NOT NULL, 
	storage_location TEXT NOT NULL, 
	withdrawal_method TEXT NOT NULL, 
	jurisdiction TEXT NOT NULL, 
	conditionality VARCHAR(32) NOT NULL, 
	method VARCHAR(32) NOT NULL, 
	rendered_sha256 VARCHAR(64) NOT NULL, 
	widget_build TEXT, 
	page_path TEXT, 
	served_at DATETIME NOT NULL, 
	shown_for_ms INTEGER NOT NULL, 
	given_at DATETIME NOT NULL, 
	salt VARCHAR(64) NOT NULL, 
	receipt_token_hash VARCHAR(64) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(notice_sha256) REFERENCES consent_notice (sha256), 
	FOREIGN KEY(site_id) REFERENCES site (id), 
	UNIQUE (receipt_token_hash)
);
INSERT INTO "consent_record" VALUES ('01a21b00-d8fb-743e-b11e-89e6c3c39c39', 'chatgate/consent-record/v1', '01a21b00-d8fb-743e-b11e-89e59dcc338d', 'demo', 'default', '1.0.0', 'cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', 'en', '[{"purpose": "support", "legal_basis": "consent", "required": true, "choice": true}, {"purpose": "training", "legal_basis": "consent", "required": false, "choice": true}]', '{"name": "Kiln & Cup", "address": "ul. Garncarska 7, 31-115 Krak\u00f3w, Poland", "contact": "privacy@kilnandcup.example"}', '1.0', '1.0', 'f9e4836f5d8f85cb0edeea3adb82d5ceb86bf460964f8f7e6041708fe909bf9f', '{"support": 365, "training": 730}', 'Poland, on the shop''s own server', 'In the chat window under Change, or with this receipt.', 'PL', 'unconditional', 'checkbox', '70a72c06e4064ab940d258bd56a08b166d6c5241e8b5edf15292bc75d0e369a9', 'test', '/cups/', '2026-03-02 12:00:00.000000', 0, '2026-03-02 12:00:00.000000', 'c27a44bd39ab17946bfee4d5f9e1ac3f7200d52b81eb666dca616be2c4194167', 'b5075b48bd454592eb634b7d64797b0c1417855dba2eb1889761c3e418f9e417');
INSERT INTO "consent_record" VALUES ('01a21b00-d98e-7413-82b7-80372b3c796d', 'chatgate/consent-record/v1', '01a21b00-d98e-7413-82b7-80363f1324e4', 'demo', 'default', '1.0.0', 'cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', 'en', '[{"purpose": "support", "legal_basis": "consent", "required": true, "choice": true}, {"purpose": "training", "legal_basis": "consent", "required": false, "choice": true}]', '{"name": "Kiln & Cup", "address": "ul. Garncarska 7, 31-115 Krak\u00f3w, Poland", "contact": "privacy@kilnandcup.example"}', '1.0', '1.0', 'f9e4836f5d8f85cb0edeea3adb82d5ceb86bf460964f8f7e6041708fe909bf9f', '{"support": 365, "training": 730}', 'Poland, on the shop''s own server', 'In the chat window under Change, or with this receipt.', 'PL', 'unconditional', 'checkbox', '70a72c06e4064ab940d258bd56a08b166d6c5241e8b5edf15292bc75d0e369a9', 'test', '/cups/', '2026-03-02 12:00:00.000000', 0, '2026-03-02 12:00:00.000000', '14cc0365f104bf5fc43f94bd83e9bea710ca7b8854b24af34410e24a7fc2d704', 'd21f2d24d67c3b3a10ebe3344feac3705a035f65851689570638cd03b84434ba');
CREATE TABLE visitor_profile (
	visitor_id VARCHAR(64) NOT NULL, 
	field VARCHAR(64) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (visitor_id, field), 
	FOREIGN KEY(visitor_id) REFERENCES visitor (id)
);
CREATE TABLE consent_event (
	id VARCHAR(64) NOT NULL, 
	record_id VARCHAR(64) NOT NULL, 
	number INTEGER NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	record_sha256 VARCHAR(64) NOT NULL, 
	choices JSON NOT NULL, 
	actor VARCHAR(64) NOT NULL, 
	notice_sha256 VARCHAR(64) NOT NULL, 
	event_at DATETIME NOT NULL, 
	reason TEXT, 
	leaf_hash VARCHAR(64) NOT NULL, 
	ledger_seq INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(notice_sha256) REFERENCES consent_notice (sha256), 
	FOREIGN KEY(record_id) REFERENCES consent_record (id), 
	UNIQUE (ledger_seq), 
	UNIQUE (record_id, number)
);
INSERT INTO "consent_event" VALUES ('01a21b00-d90b-73db-864f-00b0961e76fc', '01a21b00-d8fb-743e-b11e-89e6c3c39c39', 1, 'answered', 'bd26e26daeef8955e8c49b80b048f9caab5ef6e93e52fca187bbe51e3c92edee', '{"support": true, "training": true}', 'visitor', 'cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', '2026-03-02 12:00:00.000000', NULL, 'e87cca22683139644a0b3501e68e0a738c56d6f13c7f9bd0ac27ac5782a39d35', 0);
INSERT INTO "consent_event" VALUES ('01a21b00-d9ad-75fb-ab34-6188caa4ae83', '01a21b00-d98e-7413-82b7-80372b3c796d', 1, 'answered', '10691355999898144e774b68be23eae41564dcf6103fc43c8b86386aba9a2005', '{"support": true, "training": true}', 'visitor', 'cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', '2026-03-02 12:00:00.000000', NULL, '87e372d1a7acf29f98f36770e69821dc172dcccd20d7d7ba1665b62d6ee162c8', 1);
INSERT INTO "consent_event" VALUES ('01a21b00-dc42-7156-85ce-a2b33b4d6d90', '01a21b00-d98e-7413-82b7-80372b3c796d', 2, 'withdrawn', '10691355999898144e774b68be23eae41564dcf6103fc43c8b86386aba9a2005', '{"training": false}', 'visitor', 'cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', '2026-03-02 12:00:00.000000', NULL, '421740840538e24f4244f7ce12b5c245c85973601f7f72faf5f36fdfbc7212f9', 3);
CREATE TABLE conversation (
	id VARCHAR(64) NOT NULL, 
	site_id VARCHAR(64) NOT NULL, 
	visitor_id VARCHAR(64) NOT NULL, 
	consent_record_id VARCHAR(64) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	locale VARCHAR(35) NOT NULL, 
	may_talk BOOLEAN NOT NULL, 
	may_train BOOLEAN NOT NULL, 
	must_renew BOOLEAN NOT NULL, 
	restricted BOOLEAN NOT NULL, 
	consent_ends_at DATETIME, 
	last_seq INTEGER NOT NULL, 
	rev INTEGER NOT NULL, 
	assigned_agent_id VARCHAR(64), 
	visitor_seen_seq INTEGER NOT NULL, 
	agent_seen_seq INTEGER NOT NULL, 
	waiting_since_at DATETIME, 
	opened_at DATETIME NOT NULL, 
	last_activity_at DATETIME NOT NULL, 
	closed_at DATETIME, 
	closed_reason TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(assigned_agent_id) REFERENCES agent (id), 
	FOREIGN KEY(consent_record_id) REFERENCES consent_record (id), 
	FOREIGN KEY(site_id) REFERENCES site (id), 
	FOREIGN KEY(visitor_id) REFERENCES visitor (id), 
	UNIQUE (consent_record_id)
);
INSERT INTO "conversation" VALUES ('01a21b00-d8fb-743e-b11e-89e7590a48a6', 'demo', '01a21b00-d8fb-743e-b11e-89e59dcc338d', '01a21b00-d8fb-743e-b11e-89e6c3c39c39', 'closed', 'en', 1, 1, 0, 0, '2027-03-02 12:00:00.000000', 1, 4, NULL, 1, 0, NULL, '2026-03-02 12:00:00.000000', '2026-03-02 12:00:00.000000', '2026-03-02 12:00:00.000000', 'visitor');
INSERT INTO "conversation" VALUES ('01a21b00-d98e-7413-82b7-80380c40135a', 'demo', '01a21b00-d98e-7413-82b7-80363f1324e4', '01a21b00-d98e-7413-82b7-80372b3c796d', 'closed', 'en', 1, 0, 0, 0, '2027-03-02 12:00:00.000000', 1, 5, NULL, 1, 0, NULL, '2026-03-02 12:00:00.000000', '2026-03-02 12:00:00.000000', '2026-03-02 12:00:00.000000', 'visitor');
CREATE TABLE message (
	n INTEGER NOT NULL, 
	id VARCHAR(64) NOT NULL, 
	conversation_id VARCHAR(64) NOT NULL, 
	seq INTEGER NOT NULL, 
	client_id VARCHAR(64), 
	author_kind VARCHAR(16) NOT NULL, 
	author_id VARCHAR(64), 
	author_name TEXT, 
	body TEXT NOT NULL, 
	stored_at DATETIME NOT NULL, 
	PRIMARY KEY (n), 
	FOREIGN KEY(conversation_id) REFERENCES conversation (id), 
	UNIQUE (conversation_id, client_id), 
	UNIQUE (conversation_id, seq), 
	UNIQUE (id)
);
INSERT INTO "message" VALUES (1, '01a21b00-da2d-7242-92dd-f888f8a137a6', '01a21b00-d8fb-743e-b11e-89e7590a48a6', 1, 'm_MB4RcHXEse00g2CDUxTVbhsojewo_xAFx7NZXYU4WFA', 'visitor', '01a21b00-d8fb-743e-b11e-89e59dcc338d', NULL, 'Does cup 0 survive a dishwasher?', '2026-03-02 12:00:00.000000');
INSERT INTO "message" VALUES (2, '01a21b00-da69-74dd-a11d-e7a2224e4526', '01a21b00-d98e-7413-82b7-80380c40135a', 1, 'm_F1xGIU8dLmOWVBAWs3eiv_OmRJnffCBAlk9ebRgKXbg', 'visitor', '01a21b00-d98e-7413-82b7-80363f1324e4', NULL, 'Does cup 1 survive a dishwasher?', '2026-03-02 12:00:00.000000');
CREATE INDEX ix_dataset_release_name ON dataset_release (name);
CREATE INDEX ix_middleware_row_conversation_id ON middleware_row (conversation_id);
CREATE INDEX ix_outbox_event_conversation_id ON outbox_event (conversation_id);
CREATE INDEX outbox_due ON outbox_event (done_at, next_at);
CREATE INDEX ix_spent_display_token_expires_at ON spent_display_token (expires_at);
CREATE INDEX ix_training_lineage_conversation_id ON training_lineage (conversation_id);
CREATE INDEX lineage_state ON training_lineage (state, due_at);
CREATE INDEX ix_agent_session_agent_id ON agent_session (agent_id);
CREATE INDEX ix_agent_session_expires_at ON agent_session (expires_at);
CREATE INDEX ix_consent_notice_publication ON consent_notice (publication);
CREATE INDEX ix_consent_notice_site_id ON consent_notice (site_id);
CREATE INDEX ix_outbox_delivery_event_id ON outbox_delivery (event_id);
CREATE INDEX ix_outbox_delivery_next_at ON outbox_delivery (next_at);
CREATE INDEX ix_release_item_item_id ON release_item (item_id);
CREATE INDEX ix_revocation_entry_release_id ON revocation_entry (release_id);
CREATE INDEX ix_visitor_site_id ON visitor (site_id);
CREATE INDEX ix_consent_record_given_at ON consent_record (given_at);
CREATE INDEX ix_consent_record_site_id ON consent_record (site_id);
CREATE INDEX ix_consent_record_subject_id ON consent_record (subject_id);
CREATE INDEX ix_consent_event_record_id ON consent_event (record_id);
CREATE INDEX ix_conversation_consent_ends_at ON conversation (consent_ends_at);
CREATE INDEX conversation_list ON conversation (site_id, state, last_activity_at);
CREATE INDEX ix_conversation_visitor_id ON conversation (visitor_id);
