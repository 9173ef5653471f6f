"""How functions are named, listed, tagged and limited, examined by botocore."""

from examiner import ACCOUNT, REGION, configuration, refused

ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"
MISMATCH = "The derived qualifier from the function name does not match the specified qualifier."


def test_every_form_of_a_name_leads_to_the_function(aws_lambda, function):
    for name in (function, f"function:{function}", f"{ACCOUNT}:function:{function}",
                 f"{ARN}:{function}"):
        assert configuration(aws_lambda, name)["FunctionArn"] == f"{ARN}:{function}"
        latest = configuration(aws_lambda, f"{name}:$LATEST")
        assert latest["FunctionArn"] == f"{ARN}:{function}:$LATEST"
        assert configuration(aws_lambda, name, Qualifier="$LATEST") == latest


def test_names_that_lead_nowhere(aws_lambda, function):
    with refused("InvalidParameterValueException", 400, MISMATCH):
        aws_lambda.get_function(FunctionName=f"{function}:1", Qualifier="2")
    other = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{function}"
    with refused("ResourceNotFoundException", 404,
                 f"Functions from 'eu-west-1' are not reachable in this region ('{REGION}')"):
        aws_lambda.get_function(FunctionName=other)
    with refused("AccessDeniedException", 403):
        aws_lambda.get_function(FunctionName=f"999999999999:function:{function}")
    with refused("ResourceNotFoundException", 404, f"Function not found: {ARN}:{function}:7"):
        aws_lambda.get_function(FunctionName=function, Qualifier="7")
    with refused("ResourceNotFoundException", 404, f"Function not found: {ARN}:{function}:live"):
        aws_lambda.get_function(FunctionName=f"{function}:live")
    for name in ("*", "a b", "function:a:$LATEST:b", "arn:aws:ec2:eu-west-1:1:instance:i-1"):
        with refused("ValidationException", 400):
            aws_lambda.get_function(FunctionName=name)
    with refused("ValidationException", 400):
        aws_lambda.get_function(FunctionName=function, Qualifier="what?")


def test_functions_are_listed_page_by_page(aws_lambda, new_function):
    names = sorted(new_function(FunctionName=f"listed-{n}")["FunctionName"] for n in range(3))
    pages = list(aws_lambda.get_paginator("list_functions").paginate(
        PaginationConfig={"PageSize": 2}))
    listed = [found for page in pages for found in page["Functions"]]

    assert len(pages) > 1 and all(len(page["Functions"]) <= 2 for page in pages)
    mine = [found for found in listed if found["FunctionName"] in names]
    assert [found["FunctionName"] for found in mine] == names
    assert all("State" not in found and "LastUpdateStatus" not in found for found in mine)


def test_all_versions_are_listed_when_asked_for(aws_lambda, function):
    aws_lambda.publish_version(FunctionName=function)
    pages = aws_lambda.get_paginator("list_functions").paginate(FunctionVersion="ALL")
    listed = [found for page in pages for found in page["Functions"]]

    arns = [found["FunctionArn"] for found in listed if found["FunctionName"] == function]
    assert arns == [f"{ARN}:{function}:$LATEST", f"{ARN}:{function}:1"]
    with refused("ValidationException", 400, "1 validation error detected: Value 'some' at "
                 "'functionVersion' failed to satisfy constraint: Member must satisfy enum value "
                 "set: [ALL]"):
        aws_lambda.list_functions(FunctionVersion="some")


def test_tags(aws_lambda, function):
    arn = f"{ARN}:{function}"
    before = configuration(aws_lambda, function)["RevisionId"]
    assert aws_lambda.list_tags(Resource=arn)["Tags"] == {}
    answer = aws_lambda.tag_resource(Resource=arn, Tags={"a": "1", "b": "2"})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    aws_lambda.tag_resource(Resource=arn, Tags={"b": "3", "c d": "ü"})
    aws_lambda.untag_resource(Resource=arn, TagKeys=["a", "never-there"])

    tags = {"b": "3", "c d": "ü"}
    assert aws_lambda.list_tags(Resource=arn)["Tags"] == tags
    assert aws_lambda.get_function(FunctionName=function)["Tags"] == tags
    assert configuration(aws_lambda, function)["RevisionId"] != before
    with refused("InvalidParameterValueException", 400, "Number of tags exceeds resource tag limit."):
        aws_lambda.tag_resource(Resource=arn, Tags={f"t{n}": "" for n in range(49)})
    aws_lambda.untag_resource(Resource=arn, TagKeys=["b", "c d"])
    assert "Tags" not in aws_lambda.get_function(FunctionName=function)


def test_tags_of_something_else_are_refused(aws_lambda, function):
    with refused("InvalidParameterValueException", 400, "Tags on function aliases and versions are "
                 "not supported. Please specify a function ARN."):
        aws_lambda.tag_resource(Resource=f"{ARN}:{function}:$LATEST", Tags={"a": "b"})
    for resource in (f"arn:aws:lambda:{REGION}:{ACCOUNT}:foobar:x", "arn:aws:something", function):
        with refused("ValidationException", 400):
            aws_lambda.list_tags(Resource=resource)
    with refused("ValidationException", 400, "1 validation error detected: Value null at 'tagKeys' "
                 "failed to satisfy constraint: Member must not be null"):
        aws_lambda.untag_resource(Resource=f"{ARN}:{function}", TagKeys=[])
    with refused("InvalidParameterValueException", 400,
                 "An error occurred and the request cannot be processed."):
        aws_lambda.tag_resource(Resource=f"{ARN}:{function}", Tags={})
    for operation, parameters in (("tag_resource", {"Tags": {"a": "b"}}), ("list_tags", {}),
                                  ("untag_resource", {"TagKeys": ["a"]})):
        with refused("ResourceNotFoundException", 404, f"Function not found: {ARN}:nothing"):
            getattr(aws_lambda, operation)(Resource=f"{ARN}:nothing", **parameters)


def test_reserved_concurrency(aws_lambda, function):
    assert "ReservedConcurrentExecutions" not in aws_lambda.get_function_concurrency(
        FunctionName=function)
    before = aws_lambda.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    for reserved in (0, 7):
        answer = aws_lambda.put_function_concurrency(
            FunctionName=function, ReservedConcurrentExecutions=reserved)
        assert answer["ReservedConcurrentExecutions"] == reserved
    read = aws_lambda.get_function_concurrency(FunctionName=function)
    assert read["ReservedConcurrentExecutions"] == 7
    assert aws_lambda.get_function(FunctionName=function)["Concurrency"] == {
        "ReservedConcurrentExecutions": 7}
    settings = aws_lambda.get_account_settings()
    assert settings["AccountLimit"]["ConcurrentExecutions"] == 1000
    assert settings["AccountLimit"]["UnreservedConcurrentExecutions"] == before - 7
    assert settings["AccountUsage"]["FunctionCount"] >= 1
    assert settings["AccountUsage"]["TotalCodeSize"] > 0
    answer = aws_lambda.delete_function_concurrency(FunctionName=function)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert "Concurrency" not in aws_lambda.get_function(FunctionName=function)


def test_too_much_concurrency_is_refused(aws_lambda, function):
    with refused("InvalidParameterValueException", 400, "Specified ReservedConcurrentExecutions for "
                 "function decreases account's UnreservedConcurrentExecution below its minimum "
                 "value of [100]."):
        aws_lambda.put_function_concurrency(
            FunctionName=function, ReservedConcurrentExecutions=901)
    with refused("InvalidParameterValueException", 400, "This operation is permitted on Lambda "
                 "functions only. Aliases and versions do not support this operation. Please "
                 "specify either a function name or an unqualified function ARN."):
        aws_lambda.put_function_concurrency(
            FunctionName=f"{ARN}:{function}:1", ReservedConcurrentExecutions=1)
    with refused("ResourceNotFoundException", 404, f"Function not found: {ARN}:nothing:$LATEST"):
        aws_lambda.put_function_concurrency(
            FunctionName="nothing", ReservedConcurrentExecutions=1)
