CREATE FUNCTION public.consent_event_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
        IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM erasure_permit WHERE row_id = OLD.id) THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'consent_event is append-only'; END $$;
CREATE FUNCTION public.consent_notice_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
        
        RAISE EXCEPTION 'consent_notice is append-only'; END $$;
CREATE FUNCTION public.consent_record_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
        IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM erasure_permit WHERE row_id = OLD.id) THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'consent_record is append-only'; END $$;
CREATE FUNCTION public.ledger_checkpoint_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
        
        RAISE EXCEPTION 'ledger_checkpoint is append-only'; END $$;
CREATE FUNCTION public.ledger_leaf_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
        
        RAISE EXCEPTION 'ledger_leaf is append-only'; END $$;
CREATE FUNCTION public.ledger_node_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
        
        RAISE EXCEPTION 'ledger_node is append-only'; END $$;
CREATE FUNCTION public.tombstone_append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
        
        RAISE EXCEPTION 'tombstone is append-only'; END $$;
CREATE TABLE public.agent (
    id character varying(64) NOT NULL,
    email character varying(320) NOT NULL,
    name text NOT NULL,
    role character varying(32) NOT NULL,
    password_hash text NOT NULL,
    active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.agent_factor (
    agent_id character varying(64) NOT NULL,
    sealed_secret text NOT NULL,
    confirmed_at timestamp with time zone,
    last_step integer NOT NULL
);
CREATE TABLE public.agent_read (
    conversation_id character varying(64) NOT NULL,
    agent_id character varying(64) NOT NULL,
    seq integer NOT NULL
);
CREATE TABLE public.agent_session (
    token_hash character varying(64) NOT NULL,
    agent_id character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.attachment (
    id character varying(64) NOT NULL,
    conversation_id character varying(64) NOT NULL,
    message_id character varying(64),
    client_id character varying(64) NOT NULL,
    author_kind character varying(16) NOT NULL,
    author_id character varying(64),
    name text NOT NULL,
    media_type character varying(64) NOT NULL,
    size_bytes integer NOT NULL,
    width integer,
    height integer,
    sealing_key character varying(64) NOT NULL,
    stored_at timestamp with time zone NOT NULL
);
CREATE TABLE public.audit_event (
    id character varying(64) NOT NULL,
    actor text NOT NULL,
    action character varying(64) NOT NULL,
    subject_id character varying(64),
    reason text,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.blocked_visitor (
    visitor_id character varying(64) NOT NULL,
    agent_id character varying(64) NOT NULL,
    reason text NOT NULL,
    blocked_at timestamp with time zone NOT NULL
);
CREATE TABLE public.canned_reply (
    id character varying(64) NOT NULL,
    locale character varying(35) NOT NULL,
    shortcut character varying(40) NOT NULL,
    title character varying(120) NOT NULL,
    body text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.closing (
    conversation_id character varying(64) NOT NULL,
    reason text NOT NULL,
    agent_id character varying(64) NOT NULL
);
CREATE TABLE public.consent_event (
    id character varying(64) NOT NULL,
    record_id character varying(64) NOT NULL,
    number integer NOT NULL,
    kind character varying(32) NOT NULL,
    record_sha256 character varying(64) NOT NULL,
    choices jsonb NOT NULL,
    actor character varying(64) NOT NULL,
    notice_sha256 character varying(64) NOT NULL,
    event_at timestamp with time zone NOT NULL,
    reason text,
    leaf_hash character varying(64) NOT NULL,
    ledger_seq integer NOT NULL
);
CREATE TABLE public.consent_notice (
    sha256 character varying(64) NOT NULL,
    site_id character varying(64) NOT NULL,
    notice_id character varying(64) NOT NULL,
    version character varying(32) NOT NULL,
    locale character varying(35) NOT NULL,
    content jsonb NOT NULL,
    published_at timestamp with time zone NOT NULL,
    publication integer NOT NULL
);
CREATE TABLE public.consent_record (
    id character varying(64) NOT NULL,
    schema_version character varying(32) NOT NULL,
    subject_id character varying(64) NOT NULL,
    site_id character varying(64) NOT NULL,
    notice_id character varying(64) NOT NULL,
    notice_version character varying(32) NOT NULL,
    notice_sha256 character varying(64) NOT NULL,
    locale character varying(35) NOT NULL,
    clauses jsonb NOT NULL,
    controller jsonb NOT NULL,
    recipients_version character varying(64) NOT NULL,
    policy_version character varying(64) NOT NULL,
    policy_sha256 character varying(64) NOT NULL,
    retention jsonb NOT NULL,
    storage_location text NOT NULL,
    withdrawal_method text NOT NULL,
    jurisdiction text NOT NULL,
    conditionality character varying(32) NOT NULL,
    method character varying(32) NOT NULL,
    rendered_sha256 character varying(64) NOT NULL,
    widget_build text,
    page_path text,
    served_at timestamp with time zone NOT NULL,
    shown_for_ms integer NOT NULL,
    given_at timestamp with time zone NOT NULL,
    salt character varying(64) NOT NULL,
    receipt_token_hash character varying(64) NOT NULL,
    minor boolean
);
CREATE TABLE public.conversation (
    id character varying(64) NOT NULL,
    site_id character varying(64) NOT NULL,
    visitor_id character varying(64) NOT NULL,
    consent_record_id character varying(64) NOT NULL,
    state character varying(16) NOT NULL,
    locale character varying(35) NOT NULL,
    may_talk boolean NOT NULL,
    may_train boolean NOT NULL,
    must_renew boolean NOT NULL,
    restricted boolean NOT NULL,
    consent_ends_at timestamp with time zone,
    last_seq integer NOT NULL,
    rev integer NOT NULL,
    assigned_agent_id character varying(64),
    visitor_seen_seq integer NOT NULL,
    agent_seen_seq integer NOT NULL,
    waiting_since_at timestamp with time zone,
    opened_at timestamp with time zone NOT NULL,
    last_activity_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    closed_reason text
);
CREATE TABLE public.conversation_tag (
    conversation_id character varying(64) NOT NULL,
    tag_id character varying(64) NOT NULL,
    tagged_at timestamp with time zone NOT NULL
);
CREATE TABLE public.dataset_release (
    id character varying(64) NOT NULL,
    name character varying(64) NOT NULL,
    version integer NOT NULL,
    purpose character varying(32) NOT NULL,
    recipient text NOT NULL,
    commitment_key character varying(64) NOT NULL,
    override_reason text,
    data_sha256 character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.draft (
    conversation_id character varying(64) NOT NULL,
    agent_id character varying(64) NOT NULL,
    kind character varying(8) NOT NULL,
    body text NOT NULL,
    saved_at timestamp with time zone NOT NULL
);
CREATE TABLE public.erasure_permit (
    row_id character varying(64) NOT NULL
);
CREATE TABLE public.ledger_checkpoint (
    number integer NOT NULL,
    origin character varying(128) NOT NULL,
    tree_size integer NOT NULL,
    root character varying(64) NOT NULL,
    "time" character varying(32) NOT NULL,
    key_id character varying(64) NOT NULL,
    signature character varying(128) NOT NULL
);
CREATE TABLE public.ledger_leaf (
    seq integer NOT NULL,
    leaf_hash character varying(64) NOT NULL
);
CREATE TABLE public.ledger_node (
    level integer NOT NULL,
    place integer NOT NULL,
    node_hash character varying(64) NOT NULL
);
CREATE TABLE public.message (
    n integer NOT NULL,
    id character varying(64) NOT NULL,
    conversation_id character varying(64) NOT NULL,
    seq integer NOT NULL,
    client_id character varying(64),
    author_kind character varying(16) NOT NULL,
    author_id character varying(64),
    author_name text,
    body text NOT NULL,
    stored_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.message_n_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.message_n_seq OWNED BY public.message.n;
CREATE TABLE public.middleware_row (
    id character varying(64) NOT NULL,
    middleware character varying(64) NOT NULL,
    name character varying(200) NOT NULL,
    purpose character varying(32) NOT NULL,
    conversation_id character varying(64),
    value text NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
CREATE TABLE public.note (
    n integer NOT NULL,
    id character varying(64) NOT NULL,
    conversation_id character varying(64) NOT NULL,
    client_id character varying(64) NOT NULL,
    author_id character varying(64) NOT NULL,
    author_name text NOT NULL,
    body text NOT NULL,
    after_seq integer NOT NULL,
    stored_at timestamp with time zone NOT NULL
);
CREATE SEQUENCE public.note_n_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.note_n_seq OWNED BY public.note.n;
CREATE TABLE public.outbox_delivery (
    id character varying(64) NOT NULL,
    event_id character varying(64) NOT NULL,
    middleware character varying(64) NOT NULL,
    attempts integer NOT NULL,
    next_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    last_error_class character varying(128)
);
CREATE TABLE public.outbox_event (
    id character varying(64) NOT NULL,
    kind character varying(64) NOT NULL,
    site_id character varying(64) NOT NULL,
    conversation_id character varying(64) NOT NULL,
    subject character varying(64),
    detail jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    next_at timestamp with time zone NOT NULL,
    attempts integer NOT NULL,
    done_at timestamp with time zone,
    last_error_class character varying(128)
);
CREATE TABLE public.push_device (
    id character varying(64) NOT NULL,
    token_hash character varying(64) NOT NULL,
    endpoint text NOT NULL,
    p256dh text NOT NULL,
    auth text NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.rating (
    conversation_id character varying(64) NOT NULL,
    score integer NOT NULL,
    comment text,
    rated_at timestamp with time zone NOT NULL
);
CREATE TABLE public.recovery_code (
    code_hash character varying(64) NOT NULL,
    agent_id character varying(64) NOT NULL
);
CREATE TABLE public.release_item (
    release_id character varying(64) NOT NULL,
    item_id character varying(64) NOT NULL,
    line integer NOT NULL,
    commitment character varying(64) NOT NULL
);
CREATE TABLE public.revocation_entry (
    release_id character varying(64) NOT NULL,
    commitment character varying(64) NOT NULL,
    revoked_at timestamp with time zone NOT NULL
);
CREATE TABLE public.site (
    id character varying(64) NOT NULL,
    name text NOT NULL,
    active boolean NOT NULL,
    allowed_origins jsonb NOT NULL,
    settings jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.spent_display_token (
    nonce_hash character varying(64) NOT NULL,
    client_id_hash character varying(64) NOT NULL,
    conversation_id character varying(64) NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE public.subject_request (
    id character varying(64) NOT NULL,
    site_id character varying(64) NOT NULL,
    kind character varying(32) NOT NULL,
    state character varying(16) NOT NULL,
    conversation_id character varying(64),
    actor character varying(64) NOT NULL,
    reason text,
    detail jsonb NOT NULL,
    received_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone
);
CREATE TABLE public.tag (
    id character varying(64) NOT NULL,
    site_id character varying(64) NOT NULL,
    name character varying(40) NOT NULL,
    folded character varying(80) NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.tombstone (
    ledger_seq integer NOT NULL,
    mac character varying(64) NOT NULL,
    seqs jsonb NOT NULL,
    erased_at character varying(32) NOT NULL
);
CREATE TABLE public.training_lineage (
    item_id character varying(64) NOT NULL,
    conversation_id character varying(64) NOT NULL,
    state character varying(16) NOT NULL,
    reason character varying(64),
    sink character varying(64),
    consent_event_id character varying(64),
    notice_sha256 character varying(64),
    transcript_sha256 character varying(64),
    redaction_profile character varying(64),
    due_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    reviewed_at timestamp with time zone
);
CREATE TABLE public.visitor (
    id character varying(64) NOT NULL,
    site_id character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.visitor_profile (
    n integer CONSTRAINT visitor_profile_numbered_n_not_null NOT NULL,
    visitor_id character varying(64) CONSTRAINT visitor_profile_numbered_visitor_id_not_null NOT NULL,
    field character varying(64) CONSTRAINT visitor_profile_numbered_field_not_null NOT NULL,
    value text CONSTRAINT visitor_profile_numbered_value_not_null NOT NULL,
    vouched boolean DEFAULT false NOT NULL
);
CREATE SEQUENCE public.visitor_profile_numbered_n_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.visitor_profile_numbered_n_seq OWNED BY public.visitor_profile.n;
ALTER TABLE ONLY public.message ALTER COLUMN n SET DEFAULT nextval('public.message_n_seq'::regclass);
ALTER TABLE ONLY public.note ALTER COLUMN n SET DEFAULT nextval('public.note_n_seq'::regclass);
ALTER TABLE ONLY public.visitor_profile ALTER COLUMN n SET DEFAULT nextval('public.visitor_profile_numbered_n_seq'::regclass);
INSERT INTO public.agent VALUES
	('01a21b00-d66b-71bb-9ce5-4525aacae249', 'adam@kilnandcup.example', 'Adam', 'admin', '$argon2id$v=19$m=65536,t=3,p=4$rTk9VvmQxdh/Q05SG/VCRA$+8UlHMdQlGzk9izF/ISg+UTfi3zgXyYq0jGFT24u8GQ', true, '2026-03-02 12:00:00+00');
INSERT INTO public.alembic_version VALUES
	('0010');
INSERT INTO public.consent_event VALUES
	('01a21b00-d90b-73db-864f-00b0961e76fc', '01a21b00-d8fb-743e-b11e-89e6c3c39c39', 1, 'answered', 'bd26e26daeef8955e8c49b80b048f9caab5ef6e93e52fca187bbe51e3c92edee', '{"support": true, "training": true}', 'visitor', 'cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', '2026-03-02 12:00:00+00', NULL, 'e87cca22683139644a0b3501e68e0a738c56d6f13c7f9bd0ac27ac5782a39d35', 0),
	('01a21b00-d9ad-75fb-ab34-6188caa4ae83', '01a21b00-d98e-7413-82b7-80372b3c796d', 1, 'answered', '10691355999898144e774b68be23eae41564dcf6103fc43c8b86386aba9a2005', '{"support": true, "training": true}', 'visitor', 'cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', '2026-03-02 12:00:00+00', NULL, '87e372d1a7acf29f98f36770e69821dc172dcccd20d7d7ba1665b62d6ee162c8', 1),
	('01a21b00-dc42-7156-85ce-a2b33b4d6d90', '01a21b00-d98e-7413-82b7-80372b3c796d', 2, 'withdrawn', '10691355999898144e774b68be23eae41564dcf6103fc43c8b86386aba9a2005', '{"training": false}', 'visitor', 'cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', '2026-03-02 12:00:00+00', NULL, '421740840538e24f4244f7ce12b5c245c85973601f7f72faf5f36fdfbc7212f9', 3);
INSERT INTO public.consent_notice VALUES
	('cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', 'demo', 'default', '1.0.0', 'en', '{"site": "demo", "locale": "en", "preset": "split", "schema": "chatgate/notice/v1", "clauses": [{"text": "Kiln & Cup may process this chat to answer me, as its privacy policy describes. I can withdraw this at any time; the chat then ends.", "purpose": "support", "required": true, "link_label": "Privacy policy", "legal_basis": "consent", "retention_days": 365}, {"text": "Kiln & Cup may use this chat to improve its automated handling of inquiries. I can withdraw this at any time, and it makes no difference to the answer I get.", "purpose": "training", "required": false, "link_label": "Privacy policy", "legal_basis": "consent", "retention_days": 730}], "version": "1.0.0", "welcome": "Before we start, please tell us what we may do with this chat.", "full_text": "Who is responsible: Kiln & Cup, ul. Garncarska 7, 31-115 Kraków, Poland. You can write to privacy@kilnandcup.example about anything on this page.\n\nWhat this is about: with your consent we process what you write in the chat window, what our staff answer, the time of each message, the language of the window and the page of the shop on which you opened it. We store no network address and no description of your device.\n\nTo answer you (required for the chat): we process the chat so that a person of our shop can read it and reply. The basis is your consent, Art. 6(1)(a) of the GDPR. We keep the chat for 365 days after it ends.\n\nTo improve our automated handling of inquiries (optional): if you agree to this as well, a copy of the chat goes to our training store after it has ended. E-mail addresses, phone numbers, account numbers and names that we can recognise are replaced before. What remains is pseudonymised, not anonymous. We keep that copy for 730 days at most. Refusing changes nothing about the answer you get.\n\nWithdrawing: you can withdraw either consent at any time, in the same window in which you gave it, with one click on \"Change\". Withdrawing does not make earlier processing unlawful. When you withdraw the second one, the copy is blocked at once and deleted.\n\nYour rights: access, rectification, erasure, restriction, portability, and a complaint to the supervisory authority. Your receipt lists them and opens them without an account.", "notice_id": "default", "automation": false, "controller": {"name": "Kiln & Cup", "address": "ul. Garncarska 7, 31-115 Kraków, Poland", "contact": "privacy@kilnandcup.example"}, "policy_url": "", "recipients": [], "policy_text": "Kiln & Cup, ul. Garncarska 7, 31-115 Kraków, Poland, privacy@kilnandcup.example, is the controller of your data.\n\nWhat data and why: the content and times of your chat, to answer you (consent, Art. 6(1)(a) GDPR, kept 365 days); a pseudonymised copy, to improve our automated handling of inquiries, only if you agreed to that (consent, Art. 6(1)(a) GDPR, kept 730 days at most); the record of your consent, to prove it (legal obligation, Art. 7(1) GDPR).\n\nTo whom: the chat runs on our own server. Nobody else receives your data.\n\nWhat is stored on your device: after you agree, one entry with the key of your chat, an unsent draft and your choices for the window. Nothing before. It goes when you withdraw.\n\nYour rights: access, rectification, erasure, restriction, portability, withdrawal of consent at any time, and a complaint to the supervisory authority: Prezes Urzędu Ochrony Danych Osobowych, ul. Stawki 2, 00-193 Warszawa. No decision about you is made by a machine alone.", "jurisdiction": "PL", "policy_label": "Privacy policy", "policy_sha256": "f9e4836f5d8f85cb0edeea3adb82d5ceb86bf460964f8f7e6041708fe909bf9f", "policy_version": "1.0", "full_text_label": "Read the full clause", "storage_location": "Poland, on the shop''s own server", "equivalent_channel": "", "recipients_version": "1.0", "complaint_authority": "Prezes Urzędu Ochrony Danych Osobowych, ul. Stawki 2, 00-193 Warszawa, https://uodo.gov.pl"}', '2026-03-02 12:00:00+00', 1),
	('c7746b0a770cd8a042651dd1229988b0646a04f0a94fff9d0a6f1d2604a26e24', 'demo', 'default', '1.0.0', 'pl', '{"site": "demo", "locale": "pl", "preset": "split", "schema": "chatgate/notice/v1", "clauses": [{"text": "Kiln & Cup może przetwarzać tę rozmowę, aby na nią odpowiedzieć, zgodnie z polityką prywatności. Zgodę można wycofać w każdej chwili; rozmowa wtedy się kończy.", "purpose": "support", "required": true, "link_label": "Polityka prywatności", "legal_basis": "consent", "retention_days": 365}, {"text": "Kiln & Cup może wykorzystać tę rozmowę do ulepszania automatycznej obsługi zapytań. Zgodę można wycofać w każdej chwili i nie ma ona wpływu na otrzymaną odpowiedź.", "purpose": "training", "required": false, "link_label": "Polityka prywatności", "legal_basis": "consent", "retention_days": 730}], "version": "1.0.0", "welcome": "Zanim zaczniemy, prosimy o decyzję, co wolno zrobić z tą rozmową.", "full_text": "Kto odpowiada za dane: Kiln & Cup, ul. Garncarska 7, 31-115 Kraków, Poland. W każdej sprawie z tej strony można napisać na adres privacy@kilnandcup.example.\n\nCzego to dotyczy: za zgodą przetwarzamy treść wpisaną w oknie rozmowy, odpowiedzi naszych pracowników, czas każdej wiadomości, język okna oraz stronę sklepu, na której zostało otwarte. Nie zapisujemy adresu sieciowego ani opisu urządzenia.\n\nAby odpowiedzieć (wymagane do rozmowy): przetwarzamy rozmowę, aby osoba z naszego sklepu mogła ją przeczytać i odpisać. Podstawą jest zgoda, art. 6 ust. 1 lit. a RODO. Rozmowę przechowujemy przez 365 dni od jej zakończenia.\n\nAby ulepszać automatyczną obsługę zapytań (dobrowolne): jeśli zostanie wyrażona także ta zgoda, kopia rozmowy trafia po jej zakończeniu do naszego zbioru treningowego. Rozpoznane adresy e-mail, numery telefonów, numery kont i nazwiska są wcześniej zastępowane. To, co zostaje, jest spseudonimizowane, a nie anonimowe. Kopię przechowujemy najwyżej przez 730 dni. Odmowa niczego nie zmienia w otrzymanej odpowiedzi.\n\nWycofanie: każdą ze zgód można wycofać w każdej chwili, w tym samym oknie, w którym została wyrażona, jednym kliknięciem „Zmień”. Wycofanie nie wpływa na zgodność z prawem wcześniejszego przetwarzania. Po wycofaniu drugiej zgody kopia jest od razu blokowana i usuwana.\n\nPrawa: dostęp do danych, sprostowanie, usunięcie, ograniczenie przetwarzania, przenoszenie oraz skarga do organu nadzorczego. Potwierdzenie zgody wymienia je i pozwala z nich skorzystać bez konta.", "notice_id": "default", "automation": false, "controller": {"name": "Kiln & Cup", "address": "ul. Garncarska 7, 31-115 Kraków, Poland", "contact": "privacy@kilnandcup.example"}, "policy_url": "", "recipients": [], "policy_text": "Administratorem danych jest Kiln & Cup, ul. Garncarska 7, 31-115 Kraków, Poland, privacy@kilnandcup.example.\n\nJakie dane i po co: treść i czas rozmowy, aby odpowiedzieć (zgoda, art. 6 ust. 1 lit. a RODO, 365 dni); spseudonimizowana kopia do ulepszania automatycznej obsługi zapytań, tylko za odrębną zgodą (art. 6 ust. 1 lit. a RODO, najwyżej 730 dni); zapis zgody, aby móc ją wykazać (obowiązek prawny, art. 7 ust. 1 RODO).\n\nKomu: rozmowa działa na naszym własnym serwerze. Nikt inny nie otrzymuje danych.\n\nCo jest zapisywane na urządzeniu: po wyrażeniu zgody jeden wpis z kluczem rozmowy, niewysłanym szkicem i ustawieniami okna. Wcześniej nic. Wpis znika po wycofaniu zgody.\n\nPrawa: dostęp, sprostowanie, usunięcie, ograniczenie, przenoszenie, wycofanie zgody w każdej chwili oraz skarga do organu nadzorczego: Prezes Urzędu Ochrony Danych Osobowych, ul. Stawki 2, 00-193 Warszawa. Żadna decyzja nie jest podejmowana wyłącznie przez maszynę.", "jurisdiction": "PL", "policy_label": "Polityka prywatności", "policy_sha256": "1789425ae338eab6ac14652433ea18ba0bc8530d04adc4a621516fc1ae0d2be8", "policy_version": "1.0", "full_text_label": "Przeczytaj pełną klauzulę", "storage_location": "Poland, on the shop''s own server", "equivalent_channel": "", "recipients_version": "1.0", "complaint_authority": "Prezes Urzędu Ochrony Danych Osobowych, ul. Stawki 2, 00-193 Warszawa, https://uodo.gov.pl"}', '2026-03-02 12:00:00+00', 1);
INSERT INTO public.consent_record VALUES
	('01a21b00-d8fb-743e-b11e-89e6c3c39c39', 'chatgate/consent-record/v1', '01a21b00-d8fb-743e-b11e-89e59dcc338d', 'demo', 'default', '1.0.0', 'cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', 'en', '[{"choice": true, "purpose": "support", "required": true, "legal_basis": "consent"}, {"choice": true, "purpose": "training", "required": false, "legal_basis": "consent"}]', '{"name": "Kiln & Cup", "address": "ul. Garncarska 7, 31-115 Kraków, Poland", "contact": "privacy@kilnandcup.example"}', '1.0', '1.0', 'f9e4836f5d8f85cb0edeea3adb82d5ceb86bf460964f8f7e6041708fe909bf9f', '{"support": 365, "training": 730}', 'Poland, on the shop''s own server', 'In the chat window under Change, or with this receipt.', 'PL', 'unconditional', 'checkbox', '70a72c06e4064ab940d258bd56a08b166d6c5241e8b5edf15292bc75d0e369a9', 'test', '/cups/', '2026-03-02 12:00:00+00', 0, '2026-03-02 12:00:00+00', 'c27a44bd39ab17946bfee4d5f9e1ac3f7200d52b81eb666dca616be2c4194167', 'b5075b48bd454592eb634b7d64797b0c1417855dba2eb1889761c3e418f9e417', NULL),
	('01a21b00-d98e-7413-82b7-80372b3c796d', 'chatgate/consent-record/v1', '01a21b00-d98e-7413-82b7-80363f1324e4', 'demo', 'default', '1.0.0', 'cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', 'en', '[{"choice": true, "purpose": "support", "required": true, "legal_basis": "consent"}, {"choice": true, "purpose": "training", "required": false, "legal_basis": "consent"}]', '{"name": "Kiln & Cup", "address": "ul. Garncarska 7, 31-115 Kraków, Poland", "contact": "privacy@kilnandcup.example"}', '1.0', '1.0', 'f9e4836f5d8f85cb0edeea3adb82d5ceb86bf460964f8f7e6041708fe909bf9f', '{"support": 365, "training": 730}', 'Poland, on the shop''s own server', 'In the chat window under Change, or with this receipt.', 'PL', 'unconditional', 'checkbox', '70a72c06e4064ab940d258bd56a08b166d6c5241e8b5edf15292bc75d0e369a9', 'test', '/cups/', '2026-03-02 12:00:00+00', 0, '2026-03-02 12:00:00+00', '14cc0365f104bf5fc43f94bd83e9bea710ca7b8854b24af34410e24a7fc2d704', 'd21f2d24d67c3b3a10ebe3344feac3705a035f65851689570638cd03b84434ba', NULL);
INSERT INTO public.conversation VALUES
	('01a21b00-d8fb-743e-b11e-89e7590a48a6', 'demo', '01a21b00-d8fb-743e-b11e-89e59dcc338d', '01a21b00-d8fb-743e-b11e-89e6c3c39c39', 'closed', 'en', true, true, false, false, '2027-03-02 12:00:00+00', 1, 4, NULL, 1, 0, NULL, '2026-03-02 12:00:00+00', '2026-03-02 12:00:00+00', '2026-03-02 12:00:00+00', 'visitor'),
	('01a21b00-d98e-7413-82b7-80380c40135a', 'demo', '01a21b00-d98e-7413-82b7-80363f1324e4', '01a21b00-d98e-7413-82b7-80372b3c796d', 'closed', 'en', true, false, false, false, '2027-03-02 12:00:00+00', 1, 5, NULL, 1, 0, NULL, '2026-03-02 12:00:00+00', '2026-03-02 12:00:00+00', '2026-03-02 12:00:00+00', 'visitor');
INSERT INTO public.ledger_checkpoint VALUES
	(0, 'chatgate:ebdae6ccb54342b737091a6a96615eed', 0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', '2026-03-02T12:00:00.000000Z', '6078587f45366244a0a65e18367fc8967f82657d5c8b786e0c53848cff74bc0b', '5ff9c513d4e0ced349e5c8130f8e553cfa4c70e61ec2aa46f717613487225d425448d9182ca1550affbd951871b45d25831fdf47e2ff4cb66aa4482ab1176506');
INSERT INTO public.ledger_leaf VALUES
	(0, 'e87cca22683139644a0b3501e68e0a738c56d6f13c7f9bd0ac27ac5782a39d35'),
	(1, '87e372d1a7acf29f98f36770e69821dc172dcccd20d7d7ba1665b62d6ee162c8'),
	(2, 'e6fa025ffcf04462351ac36ab71125a8a648e89329b9f1db6ee853771fb50d5b'),
	(3, '421740840538e24f4244f7ce12b5c245c85973601f7f72faf5f36fdfbc7212f9'),
	(4, '42c8c36a0fcb285dfc324e0335511fb1100dfadeb5a7993d1f7d1c0b66862c79');
INSERT INTO public.ledger_node VALUES
	(1, 0, 'feb6672bd34e083a79b97c8720b3ddc0d4c4a21e7777dce4bfe332a14d58f66b'),
	(1, 1, '7f37404231ff9aecc704b4c22fd08f02c695d8522bc02bb901e8fc0771e05a75'),
	(2, 0, '50a66eb3a7a936cf6c89f105f82bd37f30cc4c984de0b3784046b464bb636d73');
INSERT INTO public.message VALUES
	(1, '01a21b00-da2d-7242-92dd-f888f8a137a6', '01a21b00-d8fb-743e-b11e-89e7590a48a6', 1, 'm_MB4RcHXEse00g2CDUxTVbhsojewo_xAFx7NZXYU4WFA', 'visitor', '01a21b00-d8fb-743e-b11e-89e59dcc338d', NULL, 'Does cup 0 survive a dishwasher?', '2026-03-02 12:00:00+00'),
	(2, '01a21b00-da69-74dd-a11d-e7a2224e4526', '01a21b00-d98e-7413-82b7-80380c40135a', 1, 'm_F1xGIU8dLmOWVBAWs3eiv_OmRJnffCBAlk9ebRgKXbg', 'visitor', '01a21b00-d98e-7413-82b7-80363f1324e4', NULL, 'Does cup 1 survive a dishwasher?', '2026-03-02 12:00:00+00');
INSERT INTO public.outbox_event VALUES
	('01a21b00-da45-72c4-b1f7-9dd855e8f12a', 'conversation_closed', 'demo', '01a21b00-d8fb-743e-b11e-89e7590a48a6', NULL, '{}', '2026-03-02 12:00:00+00', '2026-03-02 12:01:00+00', 1, '2026-03-02 12:00:00+00', NULL),
	('01a21b00-da7c-735c-8aa0-5b038a531c12', 'conversation_closed', 'demo', '01a21b00-d98e-7413-82b7-80380c40135a', NULL, '{}', '2026-03-02 12:00:00+00', '2026-03-02 12:01:00+00', 1, '2026-03-02 12:00:00+00', NULL),
	('01a21b00-dc56-7041-9bcc-a1583af4751b', 'training_retracted', 'demo', '01a21b00-d98e-7413-82b7-80380c40135a', '01a21b00-dba5-7730-8da7-b51262c69587', '{"reason": "consent_withdrawn"}', '2026-03-02 12:00:00+00', '2026-03-02 12:00:00+00', 0, NULL, NULL),
	('01a21b00-dc5f-74fd-84ec-a60d0bf9e745', 'consent_changed', 'demo', '01a21b00-d98e-7413-82b7-80380c40135a', '01a21b00-dc42-7156-85ce-a2b33b4d6d90', '{}', '2026-03-02 12:00:00+00', '2026-03-02 12:00:00+00', 0, NULL, NULL);
INSERT INTO public.site VALUES
	('demo', 'Kiln & Cup', true, '["https://shop.example"]', '{"accent": "#0f766e", "prechat": [], "channels": [], "greeting": {}, "position": "right", "reply_time": null, "attachments": true, "default_locale": "en", "greeting_rules": [], "offered_to_children": false, "attachment_max_megabytes": 10}', '2026-03-02 12:00:00+00');
INSERT INTO public.spent_display_token VALUES
	('fdf5410ea7f6163d7dc90c03421a222a208fa71b0734a98e7945b6d964d6eacb', 'c99ff6990b675b5c3463fe6d4eb8300eb7ddedd06325f16ebf892b07f45eaa79', '01a21b00-d8fb-743e-b11e-89e7590a48a6', '2026-03-02 12:30:00+00'),
	('b34bb57c78d1d95b8a9dad3f77dcbb095f325216c884529abf9292ca49deab8c', '62f9b4c457350ecd476de9c9116deb1bc2b01d7e18c6ba388dd57bb520d7b530', '01a21b00-d98e-7413-82b7-80380c40135a', '2026-03-02 12:30:00+00'),
	('1067194583acb9aad027b0a2cd6ce085dc8c86712ed434e34956a3d7330feaec', '9e72fda2e8cea26efb62bbfd63605659f83e031c5367cf994449be54475de30f', '', '2026-03-02 12:30:00+00');
INSERT INTO public.subject_request VALUES
	('01a21b00-dcb6-738c-a59b-24291155eb08', 'demo', 'erasure', 'done', NULL, 'visitor', NULL, '{}', '2026-03-02 12:00:00+00', '2026-04-02 12:00:00+00', '2026-03-02 12:00:00+00');
INSERT INTO public.tombstone VALUES
	(4, '40672556addac2204bc2cf2d347cc36a54bca1afd728fa661dafe824a1246766', '[2]', '2026-03-02T12:00:00.000000Z');
INSERT INTO public.training_lineage VALUES
	('01a21b00-dadd-7468-9938-4c4bb46c4707', '01a21b00-d8fb-743e-b11e-89e7590a48a6', 'admitted', NULL, 'database', '01a21b00-d90b-73db-864f-00b0961e76fc', 'cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', '1114b7e87e423636f744fc5babea2ccad0e6a5256afa658c6b375fa3c59b0555', '1.1.0', '2026-03-02 12:05:00+00', '2026-03-02 12:00:00+00', '2026-03-02 12:00:00+00', NULL),
	('01a21b00-dba5-7730-8da7-b51262c69587', '01a21b00-d98e-7413-82b7-80380c40135a', 'quarantined', 'consent_withdrawn', 'database', '01a21b00-d9ad-75fb-ab34-6188caa4ae83', 'cc99753b4c437873e067d1d8e962915e9dd0114b0a993f2b4d69ca791f2e2743', '9622ca9b3e21f9725c701ee2b042266556e12c24f64d205e9c5042d40c433fca', '1.1.0', '2026-03-02 12:05:00+00', '2026-03-02 12:00:00+00', '2026-03-02 12:00:00+00', NULL);
INSERT INTO public.visitor VALUES
	('01a21b00-d8fb-743e-b11e-89e59dcc338d', 'demo', '2026-03-02 12:00:00+00'),
	('01a21b00-d98e-7413-82b7-80363f1324e4', 'demo', '2026-03-02 12:00:00+00');
SELECT pg_catalog.setval('public.message_n_seq', 1, false);
SELECT pg_catalog.setval('public.note_n_seq', 1, false);
SELECT pg_catalog.setval('public.visitor_profile_numbered_n_seq', 1, false);
ALTER TABLE ONLY public.agent
    ADD CONSTRAINT agent_email_key UNIQUE (email);
ALTER TABLE ONLY public.agent_factor
    ADD CONSTRAINT agent_factor_pkey PRIMARY KEY (agent_id);
ALTER TABLE ONLY public.agent
    ADD CONSTRAINT agent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.agent_read
    ADD CONSTRAINT agent_read_pkey PRIMARY KEY (conversation_id, agent_id);
ALTER TABLE ONLY public.agent_session
    ADD CONSTRAINT agent_session_pkey PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT attachment_conversation_id_client_id_key UNIQUE (conversation_id, client_id);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT attachment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit_event
    ADD CONSTRAINT audit_event_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.blocked_visitor
    ADD CONSTRAINT blocked_visitor_pkey PRIMARY KEY (visitor_id);
ALTER TABLE ONLY public.canned_reply
    ADD CONSTRAINT canned_reply_locale_shortcut_key UNIQUE (locale, shortcut);
ALTER TABLE ONLY public.canned_reply
    ADD CONSTRAINT canned_reply_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.closing
    ADD CONSTRAINT closing_pkey PRIMARY KEY (conversation_id);
ALTER TABLE ONLY public.consent_event
    ADD CONSTRAINT consent_event_ledger_seq_key UNIQUE (ledger_seq);
ALTER TABLE ONLY public.consent_event
    ADD CONSTRAINT consent_event_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.consent_event
    ADD CONSTRAINT consent_event_record_id_number_key UNIQUE (record_id, number);
ALTER TABLE ONLY public.consent_notice
    ADD CONSTRAINT consent_notice_pkey PRIMARY KEY (sha256);
ALTER TABLE ONLY public.consent_notice
    ADD CONSTRAINT consent_notice_site_id_notice_id_version_locale_key UNIQUE (site_id, notice_id, version, locale);
ALTER TABLE ONLY public.consent_record
    ADD CONSTRAINT consent_record_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.consent_record
    ADD CONSTRAINT consent_record_receipt_token_hash_key UNIQUE (receipt_token_hash);
ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_consent_record_id_key UNIQUE (consent_record_id);
ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.conversation_tag
    ADD CONSTRAINT conversation_tag_pkey PRIMARY KEY (conversation_id, tag_id);
ALTER TABLE ONLY public.dataset_release
    ADD CONSTRAINT dataset_release_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.draft
    ADD CONSTRAINT draft_pkey PRIMARY KEY (conversation_id, agent_id, kind);
ALTER TABLE ONLY public.erasure_permit
    ADD CONSTRAINT erasure_permit_pkey PRIMARY KEY (row_id);
ALTER TABLE ONLY public.ledger_checkpoint
    ADD CONSTRAINT ledger_checkpoint_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.ledger_leaf
    ADD CONSTRAINT ledger_leaf_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY public.ledger_node
    ADD CONSTRAINT ledger_node_pkey PRIMARY KEY (level, place);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_conversation_id_client_id_key UNIQUE (conversation_id, client_id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_conversation_id_seq_key UNIQUE (conversation_id, seq);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_id_key UNIQUE (id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (n);
ALTER TABLE ONLY public.middleware_row
    ADD CONSTRAINT middleware_row_middleware_name_key UNIQUE (middleware, name);
ALTER TABLE ONLY public.middleware_row
    ADD CONSTRAINT middleware_row_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.note
    ADD CONSTRAINT note_conversation_id_client_id_key UNIQUE (conversation_id, client_id);
ALTER TABLE ONLY public.note
    ADD CONSTRAINT note_id_key UNIQUE (id);
ALTER TABLE ONLY public.note
    ADD CONSTRAINT note_pkey PRIMARY KEY (n);
ALTER TABLE ONLY public.outbox_delivery
    ADD CONSTRAINT outbox_delivery_event_id_middleware_key UNIQUE (event_id, middleware);
ALTER TABLE ONLY public.outbox_delivery
    ADD CONSTRAINT outbox_delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_event
    ADD CONSTRAINT outbox_event_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.push_device
    ADD CONSTRAINT push_device_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.rating
    ADD CONSTRAINT rating_pkey PRIMARY KEY (conversation_id);
ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT recovery_code_pkey PRIMARY KEY (code_hash);
ALTER TABLE ONLY public.release_item
    ADD CONSTRAINT release_item_pkey PRIMARY KEY (release_id, item_id);
ALTER TABLE ONLY public.release_item
    ADD CONSTRAINT release_item_release_id_line_key UNIQUE (release_id, line);
ALTER TABLE ONLY public.revocation_entry
    ADD CONSTRAINT revocation_entry_pkey PRIMARY KEY (commitment);
ALTER TABLE ONLY public.site
    ADD CONSTRAINT site_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.spent_display_token
    ADD CONSTRAINT spent_display_token_pkey PRIMARY KEY (nonce_hash);
ALTER TABLE ONLY public.subject_request
    ADD CONSTRAINT subject_request_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tag
    ADD CONSTRAINT tag_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tag
    ADD CONSTRAINT tag_site_id_folded_key UNIQUE (site_id, folded);
ALTER TABLE ONLY public.tombstone
    ADD CONSTRAINT tombstone_mac_key UNIQUE (mac);
ALTER TABLE ONLY public.tombstone
    ADD CONSTRAINT tombstone_pkey PRIMARY KEY (ledger_seq);
ALTER TABLE ONLY public.training_lineage
    ADD CONSTRAINT training_lineage_pkey PRIMARY KEY (item_id);
ALTER TABLE ONLY public.visitor
    ADD CONSTRAINT visitor_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.visitor_profile
    ADD CONSTRAINT visitor_profile_numbered_pkey PRIMARY KEY (n);
ALTER TABLE ONLY public.visitor_profile
    ADD CONSTRAINT visitor_profile_numbered_visitor_id_field_key UNIQUE (visitor_id, field);
CREATE INDEX attachment_of_message ON public.attachment USING btree (message_id);
CREATE INDEX attachment_stored ON public.attachment USING btree (stored_at);
CREATE INDEX conversation_owned ON public.conversation USING btree (state, assigned_agent_id, last_activity_at, id);
CREATE INDEX conversation_recent ON public.conversation USING btree (state, last_activity_at, id);
CREATE INDEX conversation_waiting ON public.conversation USING btree (waiting_since_at, id) WHERE (waiting_since_at IS NOT NULL);
CREATE INDEX conversation_withdrawn ON public.conversation USING btree (last_activity_at, id) WHERE (may_talk IS FALSE);
CREATE INDEX ix_agent_session_agent_id ON public.agent_session USING btree (agent_id);
CREATE INDEX ix_agent_session_expires_at ON public.agent_session USING btree (expires_at);
CREATE INDEX ix_consent_event_record_id ON public.consent_event USING btree (record_id);
CREATE INDEX ix_consent_notice_publication ON public.consent_notice USING btree (publication);
CREATE INDEX ix_consent_notice_site_id ON public.consent_notice USING btree (site_id);
CREATE INDEX ix_consent_record_given_at ON public.consent_record USING btree (given_at);
CREATE INDEX ix_consent_record_site_id ON public.consent_record USING btree (site_id);
CREATE INDEX ix_consent_record_subject_id ON public.consent_record USING btree (subject_id);
CREATE INDEX ix_conversation_consent_ends_at ON public.conversation USING btree (consent_ends_at);
CREATE INDEX ix_conversation_tag_tag_id ON public.conversation_tag USING btree (tag_id);
CREATE INDEX ix_conversation_visitor_id ON public.conversation USING btree (visitor_id);
CREATE INDEX ix_dataset_release_name ON public.dataset_release USING btree (name);
CREATE INDEX ix_ledger_checkpoint_tree_size ON public.ledger_checkpoint USING btree (tree_size);
CREATE INDEX ix_middleware_row_conversation_id ON public.middleware_row USING btree (conversation_id);
CREATE INDEX ix_outbox_delivery_event_id ON public.outbox_delivery USING btree (event_id);
CREATE INDEX ix_outbox_delivery_next_at ON public.outbox_delivery USING btree (next_at);
CREATE INDEX ix_outbox_event_conversation_id ON public.outbox_event USING btree (conversation_id);
CREATE INDEX ix_push_device_token_hash ON public.push_device USING btree (token_hash);
CREATE INDEX ix_release_item_item_id ON public.release_item USING btree (item_id);
CREATE INDEX ix_revocation_entry_release_id ON public.revocation_entry USING btree (release_id);
CREATE INDEX ix_spent_display_token_expires_at ON public.spent_display_token USING btree (expires_at);
CREATE INDEX ix_subject_request_conversation_id ON public.subject_request USING btree (conversation_id);
CREATE INDEX ix_subject_request_due_at ON public.subject_request USING btree (due_at);
CREATE INDEX ix_subject_request_state ON public.subject_request USING btree (state);
CREATE INDEX ix_training_lineage_conversation_id ON public.training_lineage USING btree (conversation_id);
CREATE INDEX ix_visitor_site_id ON public.visitor USING btree (site_id);
CREATE INDEX lineage_state ON public.training_lineage USING btree (state, due_at);
CREATE INDEX message_fts ON public.message USING gin (to_tsvector('simple'::regconfig, regexp_replace(lower(translate(body, 'ąćęłńóśźżäöüßéèêëáàâíìîïôòúùûçñĄĆĘŁŃÓŚŹŻÄÖÜÉÈÊËÁÀÂÍÌÎÏÔÒÚÙÛÇÑ'::text, 'acelnoszzaouseeeeaaaiiiioouuucnacelnoszzaoueeeeaaaiiiioouuucn'::text)), '[[:punct:][:space:]]+'::text, ' '::text, 'g'::text))) WITH (fastupdate=off);
CREATE INDEX note_fts ON public.note USING gin (to_tsvector('simple'::regconfig, regexp_replace(lower(translate(body, 'ąćęłńóśźżäöüßéèêëáàâíìîïôòúùûçñĄĆĘŁŃÓŚŹŻÄÖÜÉÈÊËÁÀÂÍÌÎÏÔÒÚÙÛÇÑ'::text, 'acelnoszzaouseeeeaaaiiiioouuucnacelnoszzaoueeeeaaaiiiioouuucn'::text)), '[[:punct:][:space:]]+'::text, ' '::text, 'g'::text))) WITH (fastupdate=off);
CREATE INDEX outbox_due ON public.outbox_event USING btree (done_at, next_at);
CREATE INDEX recovery_code_agent ON public.recovery_code USING btree (agent_id);
CREATE INDEX visitor_profile_fts ON public.visitor_profile USING gin (to_tsvector('simple'::regconfig, regexp_replace(lower(translate(value, 'ąćęłńóśźżäöüßéèêëáàâíìîïôòúùûçñĄĆĘŁŃÓŚŹŻÄÖÜÉÈÊËÁÀÂÍÌÎÏÔÒÚÙÛÇÑ'::text, 'acelnoszzaouseeeeaaaiiiioouuucnacelnoszzaoueeeeaaaiiiioouuucn'::text)), '[[:punct:][:space:]]+'::text, ' '::text, 'g'::text))) WITH (fastupdate=off);
CREATE TRIGGER consent_event_append_only BEFORE DELETE OR UPDATE ON public.consent_event FOR EACH ROW EXECUTE FUNCTION public.consent_event_append_only();
CREATE TRIGGER consent_notice_append_only BEFORE DELETE OR UPDATE ON public.consent_notice FOR EACH ROW EXECUTE FUNCTION public.consent_notice_append_only();
CREATE TRIGGER consent_record_append_only BEFORE DELETE OR UPDATE ON public.consent_record FOR EACH ROW EXECUTE FUNCTION public.consent_record_append_only();
CREATE TRIGGER ledger_checkpoint_append_only BEFORE DELETE OR UPDATE ON public.ledger_checkpoint FOR EACH ROW EXECUTE FUNCTION public.ledger_checkpoint_append_only();
CREATE TRIGGER ledger_leaf_append_only BEFORE DELETE OR UPDATE ON public.ledger_leaf FOR EACH ROW EXECUTE FUNCTION public.ledger_leaf_append_only();
CREATE TRIGGER ledger_node_append_only BEFORE DELETE OR UPDATE ON public.ledger_node FOR EACH ROW EXECUTE FUNCTION public.ledger_node_append_only();
CREATE TRIGGER tombstone_append_only BEFORE DELETE OR UPDATE ON public.tombstone FOR EACH ROW EXECUTE FUNCTION public.tombstone_append_only();
ALTER TABLE ONLY public.agent_factor
    ADD CONSTRAINT agent_factor_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.agent(id);
ALTER TABLE ONLY public.agent_read
    ADD CONSTRAINT agent_read_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.agent(id);
ALTER TABLE ONLY public.agent_read
    ADD CONSTRAINT agent_read_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversation(id);
ALTER TABLE ONLY public.agent_session
    ADD CONSTRAINT agent_session_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.agent(id);
ALTER TABLE ONLY public.attachment
    ADD CONSTRAINT attachment_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversation(id);
ALTER TABLE ONLY public.blocked_visitor
    ADD CONSTRAINT blocked_visitor_visitor_id_fkey FOREIGN KEY (visitor_id) REFERENCES public.visitor(id);
ALTER TABLE ONLY public.closing
    ADD CONSTRAINT closing_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversation(id);
ALTER TABLE ONLY public.consent_event
    ADD CONSTRAINT consent_event_notice_sha256_fkey FOREIGN KEY (notice_sha256) REFERENCES public.consent_notice(sha256);
ALTER TABLE ONLY public.consent_event
    ADD CONSTRAINT consent_event_record_id_fkey FOREIGN KEY (record_id) REFERENCES public.consent_record(id);
ALTER TABLE ONLY public.consent_notice
    ADD CONSTRAINT consent_notice_site_id_fkey FOREIGN KEY (site_id) REFERENCES public.site(id);
ALTER TABLE ONLY public.consent_record
    ADD CONSTRAINT consent_record_notice_sha256_fkey FOREIGN KEY (notice_sha256) REFERENCES public.consent_notice(sha256);
ALTER TABLE ONLY public.consent_record
    ADD CONSTRAINT consent_record_site_id_fkey FOREIGN KEY (site_id) REFERENCES public.site(id);
ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_assigned_agent_id_fkey FOREIGN KEY (assigned_agent_id) REFERENCES public.agent(id);
ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_consent_record_id_fkey FOREIGN KEY (consent_record_id) REFERENCES public.consent_record(id);
ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_site_id_fkey FOREIGN KEY (site_id) REFERENCES public.site(id);
ALTER TABLE ONLY public.conversation_tag
    ADD CONSTRAINT conversation_tag_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversation(id);
ALTER TABLE ONLY public.conversation_tag
    ADD CONSTRAINT conversation_tag_tag_id_fkey FOREIGN KEY (tag_id) REFERENCES public.tag(id);
ALTER TABLE ONLY public.conversation
    ADD CONSTRAINT conversation_visitor_id_fkey FOREIGN KEY (visitor_id) REFERENCES public.visitor(id);
ALTER TABLE ONLY public.draft
    ADD CONSTRAINT draft_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.agent(id);
ALTER TABLE ONLY public.draft
    ADD CONSTRAINT draft_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversation(id);
ALTER TABLE ONLY public.message
    ADD CONSTRAINT message_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversation(id);
ALTER TABLE ONLY public.note
    ADD CONSTRAINT note_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversation(id);
ALTER TABLE ONLY public.outbox_delivery
    ADD CONSTRAINT outbox_delivery_event_id_fkey FOREIGN KEY (event_id) REFERENCES public.outbox_event(id);
ALTER TABLE ONLY public.push_device
    ADD CONSTRAINT push_device_token_hash_fkey FOREIGN KEY (token_hash) REFERENCES public.agent_session(token_hash);
ALTER TABLE ONLY public.rating
    ADD CONSTRAINT rating_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.conversation(id);
ALTER TABLE ONLY public.recovery_code
    ADD CONSTRAINT recovery_code_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.agent(id);
ALTER TABLE ONLY public.release_item
    ADD CONSTRAINT release_item_release_id_fkey FOREIGN KEY (release_id) REFERENCES public.dataset_release(id);
ALTER TABLE ONLY public.revocation_entry
    ADD CONSTRAINT revocation_entry_release_id_fkey FOREIGN KEY (release_id) REFERENCES public.dataset_release(id);
ALTER TABLE ONLY public.tag
    ADD CONSTRAINT tag_site_id_fkey FOREIGN KEY (site_id) REFERENCES public.site(id);
ALTER TABLE ONLY public.visitor_profile
    ADD CONSTRAINT visitor_profile_numbered_visitor_id_fkey FOREIGN KEY (visitor_id) REFERENCES public.visitor(id);
ALTER TABLE ONLY public.visitor
    ADD CONSTRAINT visitor_site_id_fkey FOREIGN KEY (site_id) REFERENCES public.site(id);
