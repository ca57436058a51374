SET session_replication_role = replica;

--
-- Data for Name: users; Type: TABLE DATA; Schema: auth; Owner: supabase_auth_admin
--

INSERT INTO "auth"."users" ("instance_id", "id", "aud", "role", "email", "encrypted_password", "email_confirmed_at", "raw_app_meta_data", "raw_user_meta_data", "is_super_admin", "created_at") VALUES
	('00000000-0000-0000-0000-000000000000', '185f2f83-d63a-4c9b-b4a0-7e4a885799e1', 'authenticated', 'authenticated', 'ann@example.com', '$2a$06$cQgOGAmFqucUrwqAMVBYUu2Xq5/xIJVQv7YpSUOsMZE.gU4Tz75nK', '2022-06-24 17:22:59.653+00', '{"roles": ["editor"]}', '{"name": "안 ''은주''; (대문)"}', NULL, '2022-06-24 17:22:59.653+00'),
	('00000000-0000-0000-0000-000000000000', '185f2f83-d63a-4c9b-b4a0-7e4a885799e2'::uuid, 'authenticated', 'authenticated', 'bob@example.com', '', NULL, E'{"note": "two\nlines, a \\ and a \' quote"}', '{}', true, '2022-06-25 17:22:59.653+00'),
	('00000000-0000-0000-0000-000000000000', '185f2f83-d63a-4c9b-b4a0-7e4a885799e3', 'authenticated', 'authenticated', 'eve@example.com', crypt('password', gen_salt('bf')), now(), '{}', '{}', NULL, now());

RESET ALL;
