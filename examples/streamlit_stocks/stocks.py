"""The stock page of a Streamlit app behind the gate: `DAEMUN_URL=http://localhost:8000 streamlit run stocks.py`.

Tokens live in the app's memory, one login for each visitor's session, and never reach the browser.
"""

from __future__ import annotations

import os

import httpx2
import streamlit as st

from daemun_client import Client, LoginEnded, Refused, Unreachable

GATE = os.environ.get("DAEMUN_URL", "http://localhost:8000")
BEHIND_PROXY = os.environ.get("BEHIND_PROXY") == "1"


class OnBehalf(httpx2.HTTPTransport):
    """Tells the gate whose browser this is; else all visitors would share one budget of attempts."""

    def __init__(self, address: str, agent: str) -> None:
        super().__init__()
        self.told = {"X-Forwarded-For": address, "X-Forwarded-User-Agent": agent}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers.update(self.told)
        return super().handle_request(request)


def address() -> str:
    """Without a proxy before this app, X-Forwarded-For is what the visitor wrote, and is worth nothing."""
    forwarded = st.context.headers.get("X-Forwarded-For", "") if BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or st.context.ip_address or "127.0.0.1"


def client() -> Client:
    if "client" not in st.session_state:
        visitor = OnBehalf(address(), st.context.headers.get("User-Agent", ""))
        st.session_state.client = Client(GATE, language="ko", transport=visitor)
    kept: Client = st.session_state.client
    return kept


def sign_in(gate: Client) -> None:
    st.title("로그인")
    with st.form("login"):
        handle = st.text_input("아이디 또는 이메일")
        password = st.text_input("비밀번호", type="password")
        remember = st.checkbox("로그인 유지")
        if st.form_submit_button("로그인") and gate.log_in(handle, password, remember=remember) is None:
            st.rerun()
    st.link_button("회원가입", f"{GATE}/signup")


def stocks(gate: Client) -> None:
    st.title("상장 종목")
    st.sidebar.write(f"{gate.me().name}님")
    if st.sidebar.button("로그아웃"):
        gate.log_out()
        st.rerun()
    market = st.selectbox("시장", ["KRX", "KOSPI", "KOSDAQ"])
    answer = gate.get("/stocks/listings", params={"market": market})
    st.table(answer.json()["stocks"])


def main() -> None:
    gate = client()
    try:
        (stocks if gate.is_logged_in else sign_in)(gate)
    except LoginEnded:
        st.rerun()
    except Refused as refused:
        st.error(refused.detail)
    except Unreachable:
        st.error("대문에 닿지 못했습니다. 잠시 뒤에 다시 시도해 주십시오.")


st.set_page_config(page_title="KRX", page_icon="📈")
main()
