"""What changes something about deliveries: upload, publish, drop, release, replay. Each is a POST, once, by right."""

from typing import Any

import flask
from werkzeug.exceptions import RequestEntityTooLarge

from budget.refusals import told_refusal
from dashboard.access import UPLOAD, reader, request_language
from dashboard.handover import Done, Handover, may_hand_over, may_touch
from dashboard.services import Services
from dashboard.view import link
from dashboard.words import words
from warehouse.batches import find_batch
from warehouse.engine import reading

BATCHES = "/system/batches"
MOST_FILES = 20


def add_delivery_routes(server: flask.Flask, services: Services) -> None:
    """Put the routes on a server; without a handover there are none."""
    desk = services.handover
    if desk is None:
        return
    server.register_error_handler(RequestEntityTooLarge, lambda _error: (_too_large(), 413))

    @server.post(UPLOAD)
    def upload() -> Any:
        return _upload(desk)

    @server.post(f"{UPLOAD}/<token>/publish")
    def publish_upload(token: str) -> Any:
        _require_right()
        mapping = flask.request.args.get("mapping", "")
        return _answer(desk.publish(reader().username, token, mapping, _allows), f"{UPLOAD}/{token}")

    @server.post(f"{UPLOAD}/<token>/drop")
    def drop_upload(token: str) -> Any:
        _require_right()
        desk.drop(reader().username, token)
        return _go(UPLOAD)

    @server.post(f"{BATCHES}/<int:batch_id>/release")
    def release_batch(batch_id: int) -> Any:
        _require_batch(services, batch_id)
        reason = flask.request.form.get("reason", "").strip()
        if not reason:
            return _go(f"{BATCHES}/{batch_id}/release", problem="reason")
        done = desk.release(batch_id, reader().username, reason[:500], _allows)
        return _answer(done, f"{BATCHES}/{batch_id}")

    @server.post(f"{BATCHES}/<int:batch_id>/replay")
    def replay_batch(batch_id: int) -> Any:
        _require_batch(services, batch_id)
        return _answer(desk.replay(batch_id, reader().username, _allows), f"{BATCHES}/{batch_id}")


def _allows(divisions: Any) -> bool:
    return may_touch(reader(), divisions)


def _require_right() -> None:
    """Answer that there is no such place to those who may not hand deliveries over."""
    if not may_hand_over(reader()):
        flask.abort(404)


def _require_batch(services: Services, batch_id: int) -> None:
    """Answer that there is no such batch to those who may not act or not see it: the two look alike."""
    _require_right()
    with reading(services.engine) as connection:
        if find_batch(connection, reader().scope, batch_id) is None:
            flask.abort(404)


def _upload(desk: Handover) -> Any:
    _require_right()
    files = [one for one in flask.request.files.getlist("file") if one.filename][:MOST_FILES]
    if not files:
        return _go(UPLOAD, problem="none")
    kept = [desk.put_aside(reader().username, one.filename or "", one.stream) for one in files]
    problem = next((one.problem for one in kept if one.problem), None)
    if len(kept) == 1 and problem is None:
        return _go(f"{UPLOAD}/{kept[0].token}")
    return _go(UPLOAD, problem=problem)


def _go(path: str, **query: Any) -> Any:
    return flask.redirect(link(path, query), 303)


def _answer(done: Done, back: str) -> Any:
    """Lead to the batch that stands for an act, or say why nothing was done."""
    if done.batch is not None:
        return _go(f"{BATCHES}/{done.batch}")
    if done.problem == "gone":
        return _go(UPLOAD, problem="gone")
    t = words(request_language())
    if done.problem == "division":
        said = t("这份文件涉及其他区划的数据, 或看不出是哪个区划的; 镇街人大只能处理本区划的数据, 请与区财经工委联系")
        return _refused(said, "", back), 403
    return _refused(t("没有做成, 什么都没有改变"), told_refusal(done.refusal, t, done.words), back), 409


def _too_large() -> str:
    t = words(request_language())
    return _refused(t("文件太大, 没有收下; 请分几次上传"), "", UPLOAD)


def _refused(said: str, own_words: str, back: str) -> str:
    language = request_language()
    t = words(language)
    return flask.render_template("not_done.html", t=t, language=language, said=said, own_words=own_words, back=back)
