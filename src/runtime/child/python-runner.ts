/**
 * The part of the runtime that runs inside Python. `prepare` is called once, then `load` and `call` for a service or
 * `run` for a batch; each gives `(JSON text, body or None)` and never raises.
 */
export const pythonRunner = String.raw`
import asyncio, builtins, inspect, json, os, sys, time, traceback, types, urllib.parse

class NeverAnswers(RuntimeError):
    pass

class Turns:
    """Stands where other event loops wait for sockets. Nothing arrives here, so waiting only moves the clock."""
    def __init__(self, advance):
        self.advance = advance
    def select(self, timeout):
        if timeout is None:
            raise NeverAnswers("every task waits for something that never comes")
        if timeout > 0:
            self.advance(timeout * 1000)
        return []
    def close(self):
        pass

class Loop(asyncio.BaseEventLoop):
    advance = None
    def __init__(self):
        super().__init__()
        self._selector = Turns(Loop.advance)
    def time(self):
        return time.monotonic()
    def _process_events(self, events):
        pass
    def _write_to_self(self):
        pass

class Policy(asyncio.events._BaseDefaultEventLoopPolicy):
    _loop_factory = Loop

class Headers(dict):
    """Header fields by lower-case name; names are looked up in any case."""
    def __getitem__(self, name):
        return super().__getitem__(name.lower())
    def __contains__(self, name):
        return super().__contains__(name.lower())
    def get(self, name, otherwise=None):
        return super().get(name.lower(), otherwise)

class Request:
    def __init__(self, method, url, headers, body):
        parts = urllib.parse.urlsplit(url)
        self.method = method
        self.url = url
        self.path = urllib.parse.unquote(parts.path)
        self.query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        self.headers = Headers()
        for name, value in headers:
            name = name.lower()
            self.headers[name] = f"{self.headers[name]}, {value}" if name in self.headers else value
        self.body = body
    def text(self):
        return self.body.decode("utf-8")
    def json(self):
        return json.loads(self.body)

class Response:
    def __init__(self, body=None, status=200, headers=None):
        self.body, self.status, self.headers = body, status, headers or {}

surface = types.ModuleType("dsdn", "What DSDN offers to a Python program.")
surface.Request, surface.Response = Request, Response
Request.__module__ = Response.__module__ = "dsdn"
sys.modules["dsdn"] = surface

state = types.SimpleNamespace(folder="/", args=[], handler=None, loop=None)

def prepare(env, args, folder, advance):
    os.environ.clear()
    os.environ.update({"HOME": "/home/app", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0"})
    os.environ.update(json.loads(env))
    sys.dont_write_bytecode = True
    state.folder, state.args = folder, json.loads(args)
    Loop.advance = staticmethod(advance)
    asyncio.events._set_running_loop(None)
    asyncio.events._set_event_loop_policy(Policy())
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")

def execute(entry, name):
    path = f"{state.folder}/{entry}"
    for folder in (state.folder, os.path.dirname(path)):
        if folder in sys.path:
            sys.path.remove(folder)
        sys.path.insert(0, folder)
    sys.argv = [path, *state.args]
    module = types.ModuleType(name)
    module.__file__, module.__builtins__ = path, builtins
    sys.modules[name] = module
    with open(path, "rb") as source:
        code = compile(source.read(), path, "exec")
    exec(code, module.__dict__)
    return module

def failed(error):
    first = "".join(traceback.format_exception_only(error)).strip().split("\n")[-1]
    frames = error.__traceback__
    while frames is not None and not frames.tb_frame.f_code.co_filename.startswith(state.folder):
        frames = frames.tb_next
    lines = "".join(traceback.format_exception(type(error), error, frames)).strip().split("\n")
    if isinstance(error, MemoryError):
        reason = "memory"
    elif isinstance(error, NeverAnswers):
        reason = "pending"
    elif isinstance(error, SyntaxError):
        reason, first = "bundle", f"{first} ({os.path.basename(error.filename or '')}, line {error.lineno})"
    else:
        reason = "threw"
    message = "\n".join([first, *lines[-18:-1]])
    return {"type": "failed", "reason": reason, "message": message[:8000], "isSpent": reason == "memory"}

def flush():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass

def attempt(work):
    try:
        answer, body = work()
    except BaseException as error:
        answer, body = failed(error), None
    flush()
    return json.dumps(answer), body

def load(entry, _body):
    def work():
        name = os.path.basename(entry).removesuffix(".py")
        handler = execute(entry, name).__dict__.get("fetch")
        if not callable(handler):
            return {"type": "failed", "reason": "entry", "message": "no fetch function"}, None
        state.handler, state.loop = handler, Loop()
        return {"type": "ready"}, None
    return attempt(work)

def call(meta, body):
    def work():
        facts = json.loads(meta)
        request = Request(facts["method"], facts["url"], facts["headers"], body.to_bytes())
        answer = state.handler(request)
        if inspect.isawaitable(answer):
            async def wait(): return await answer
            answer = state.loop.run_until_complete(wait())
        return respond(answer)
    return attempt(work)

def respond(answer):
    if isinstance(answer, tuple):
        if len(answer) != 3:
            raise TypeError("fetch gave a tuple that is not (status, headers, body)")
        answer = Response(answer[2], answer[0], answer[1])
    if not isinstance(answer, Response):
        answer = Response(answer, 204 if answer is None else 200)
    body, kind = encode(answer.body)
    fields = list(answer.headers.items() if hasattr(answer.headers, "items") else answer.headers)
    fields = [[str(name), str(value)] for name, value in fields]
    if kind is not None and not any(name.lower() == "content-type" for name, _ in fields):
        fields.append(["content-type", kind])
    status = answer.status
    if not isinstance(status, int) or not 200 <= status <= 599:
        raise ValueError(f"{status!r} is not a status from 200 to 599")
    for name, value in fields:
        if not name.isascii() or not value.isprintable() or "\n" in value:
            raise ValueError(f"{name!r} is not a header field")
    return {"type": "response", "status": int(status), "headers": fields}, body

def encode(body):
    if body is None:
        return b"", None
    if isinstance(body, str):
        return body.encode("utf-8"), "text/plain; charset=utf-8"
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body), "application/octet-stream"
    if isinstance(body, (dict, list)):
        return json.dumps(body, ensure_ascii=False).encode("utf-8"), "application/json"
    raise TypeError(f"fetch gave a {type(body).__name__}, not text, bytes, a dict, a list, a tuple or a Response")

def run(entry, _body):
    def work():
        try:
            execute(entry, "__main__")
        except SystemExit as exit:
            if exit.code is None or isinstance(exit.code, int):
                return {"type": "finished", "exitCode": (exit.code or 0) & 255}, None
            print(exit.code, file=sys.stderr)
            return {"type": "finished", "exitCode": 1}, None
        return {"type": "finished", "exitCode": 0}, None
    return attempt(work)
`;
