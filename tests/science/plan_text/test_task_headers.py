"""Headers of task tables are known in the words of many offices."""

from lantian.science.plan_text.task_headers import Column, column_of


def test_headers_of_many_offices_are_known() -> None:
    known = {
        Column.SERIAL: ["序号", "编号"],
        Column.TASK: ["任务", "重点任务", "工作任务", "主要任务", "具体措施", "项目名称"],
        Column.CONTENT: ["工作内容", "主要内容", "任务内容", "具体要求"],
        Column.LEAD: ["牵头部门", "牵头单位", "责任单位", "主责单位", "责任部门", "责任单位（牵头）"],
        Column.COOPERATE: ["配合单位", "协办单位", "配合部门", "参与单位"],
        Column.IMPLEMENT: ["落实单位", "实施单位", "落实主体"],
        Column.DUE: ["完成时限", "时间节点", "完成时间", "完 成 时 限"],
        Column.SECTION: ["类别", "重点领域"],
        Column.OTHER: ["备注", "联系人", "金额"],
    }
    wrong = [
        (header, column_of(header).name)
        for column, headers in known.items()
        for header in headers
        if column_of(header) is not column
    ]
    assert wrong == []
