"""The gate in an application: two lines to import and install it, one type to know who calls."""

from fastapi import FastAPI

from daemun import CurrentUser, Daemun

app = FastAPI()
Daemun().install(app)


@app.get("/hello")
async def hello(user: CurrentUser) -> dict[str, str]:
    return {"hello": user.name}
