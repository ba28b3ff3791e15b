"""The one way in which a whole file is refused."""


class FeedError(ValueError):
    """A file that cannot be taken as it is; says which file, line and heading, and what to do (in Chinese).

    :param file: name of the file as it lay in the inbox.
    :param problem: what is wrong, in Chinese, without the place.
    :param advice: what the sender should do next, in Chinese.
    :param line: 1-based line (or sheet row), if the problem has one.
    :param heading: heading of the column, if the problem has one.
    """

    def __init__(self, file: str, problem: str, advice: str, *, line: int | None = None, heading: str = "") -> None:
        self.file = file
        self.problem = problem
        self.advice = advice
        self.line = line
        self.heading = heading
        place = f"《{file}》"
        if line is not None:
            place += f"第{line}行"
        if heading:
            place += f"“{heading}”列"
        super().__init__(f"{place}：{problem}。{advice}")
