--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

--
-- Data for Name: audit_log_entries; Type: TABLE DATA; Schema: auth; Owner: supabase_auth_admin
--

COPY auth.audit_log_entries (instance_id, id, payload) FROM stdin;
00000000-0000-0000-0000-000000000000	354943f2-a777-42df-9508-ba67c230c77b	{"action":"user_signedup"}
\.


--
-- Data for Name: users; Type: TABLE DATA; Schema: auth; Owner: supabase_auth_admin
--

COPY auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, last_sign_in_at, raw_app_meta_data, raw_user_meta_data, is_super_admin, created_at, banned_until, deleted_at, is_anonymous) FROM stdin;
00000000-0000-0000-0000-000000000000	185f2f83-d63a-4c9b-b4a0-7e4a885799e1	authenticated	authenticated	ann@example.com	$2a$06$cQgOGAmFqucUrwqAMVBYUu2Xq5/xIJVQv7YpSUOsMZE.gU4Tz75nK	2022-06-24 17:22:59.653+00	2024-01-02 03:04:05.6789+00	{"provider": "email", "providers": ["email"], "roles": ["editor"]}	{"full_name": "안은주 \\"대문\\"", "role": "master"}	\N	2022-06-24 17:22:59.653+00	\N	\N	f
00000000-0000-0000-0000-000000000000	185f2f83-d63a-4c9b-b4a0-7e4a885799e2	authenticated	authenticated	fire@example.com	$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==	\N	\N	{}	{}	\N	2023-01-01 00:00:00+00	2099-01-01 00:00:00+00	\N	f
00000000-0000-0000-0000-000000000000	185f2f83-d63a-4c9b-b4a0-7e4a885799e3	authenticated	authenticated	left@example.com	\N	\N	\N	{}	{}	\N	2023-01-01 00:00:00+00	\N	2024-01-01 00:00:00+00	f
00000000-0000-0000-0000-000000000000	185f2f83-d63a-4c9b-b4a0-7e4a885799e4	authenticated	authenticated	\N		\N	\N	{}	{}	\N	2023-01-01 00:00:00+00	\N	\N	t
00000000-0000-0000-0000-000000000000	185f2f83-d63a-4c9b-b4a0-7e4a885799e5	short
\.


--
-- PostgreSQL database dump complete
--
