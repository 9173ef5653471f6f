"""Whoever gets hold of the deploy role, by a stolen token or a dependency that is run in CI, tries to become administrator
with every action that the role has. The local AWS holds it to its policy, its boundary and their conditions."""

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from accounts import Account
from binaries import never_run
from deploy_role import DeployRole
from deployment import Deployment
from recorder import Recorder

ACCOUNT = "123456789012"
EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "*", "Resource": "*"}]})
OF_AWS = "arn:aws:iam::aws:policy/AdministratorAccess"
# They show something or undo something of this deployment, and give nobody a right.
HARMLESS = ("Get", "List", "Describe", "Filter", "Delete", "Remove")


def trust(*principals: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": list(principals)}},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]})


def package() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("bootstrap", "#!/bin/sh\n")
    return file.getvalue()


class Attack:
    """The deploy role in the wrong hands, in an account with an administrator's role and a function that has it."""

    def __init__(self, role: DeployRole):
        self.role = role
        self.name = role.deployment.name
        self.own_role = f"{self.name}-role"
        self.own_arn = f"arn:aws:iam::{ACCOUNT}:role/{self.own_role}"
        self.boundary = f"arn:aws:iam::{ACCOUNT}:policy/{self.name}-boundary"
        self.admin = role.deployment.account
        iam = self.admin.client("iam")
        self.top = f"{self.name}-administrator"
        self.top_arn = iam.create_role(RoleName=self.top, AssumeRolePolicyDocument=trust(
            f"arn:aws:iam::{ACCOUNT}:root"))["Role"]["Arn"]
        iam.put_role_policy(RoleName=self.top, PolicyName="p", PolicyDocument=EVERYTHING)
        self.loose = f"arn:aws:iam::{ACCOUNT}:policy/{self.name}-loose"
        iam.create_policy(PolicyName=f"{self.name}-loose", PolicyDocument=EVERYTHING)
        self.victim = f"{self.name}-victim"
        self.admin.client("lambda").create_function(
            FunctionName=self.victim, Role=self.top_arn, Runtime="provided.al2023", Handler="bootstrap",
            Code={"ZipFile": package()})
        self.admin.client("lambda").get_waiter("function_active_v2").wait(FunctionName=self.victim)
        self.iam, self.functions = role.account.client("iam"), role.account.client("lambda")

    def may(self, call: Callable, **arguments) -> bool:
        """Whether the call is let in, even to what is not there; every other failure is a fault of the test."""
        try:
            call(**arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in ("AccessDenied", "AccessDeniedException", "NoSuchEntity"):
                raise
            return code == "NoSuchEntity"
        return True

    def refused(self, call: Callable, **arguments) -> None:
        assert not self.may(call, **arguments), (call.__name__, arguments)

    def assumed(self) -> Account | None:
        """A session of the function's role, if the attacker gets one."""
        try:
            return self.role.account.assumed(self.own_arn)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDenied", error
            return None

    def is_administrator(self) -> list[str]:
        """What the attacker can do by now that only an administrator may."""
        assumed = self.assumed()
        found = []
        for who, account in (("deploy role", self.role.account), ("function's role", assumed)):
            if account is None:
                continue
            iam, sts, functions = (account.client(service) for service in ("iam", "sts", "lambda"))
            for what, call, arguments in (
                    ("lists roles", iam.list_roles, {}),
                    ("makes roles", iam.create_role, {"RoleName": f"{self.name}-backdoor",
                                                      "AssumeRolePolicyDocument": trust(ACCOUNT)}),
                    ("takes on the administrator's role", sts.assume_role,
                     {"RoleArn": self.top_arn, "RoleSessionName": "attack"}),
                    ("changes the boundary", iam.create_policy_version,
                     {"PolicyArn": self.boundary, "PolicyDocument": EVERYTHING, "SetAsDefault": True}),
                    ("takes the boundary off", iam.delete_role_permissions_boundary, {"RoleName": self.own_role}),
                    ("lists functions", functions.list_functions, {}),
                    ("runs a function as administrator", functions.invoke, {"FunctionName": self.victim})):
                if self.may(call, **arguments):
                    found.append(f"{who} {what}")
        return found

    def makes_role_again(self, **arguments) -> bool:
        for policy in self.iam.get_role_policy, self.iam.delete_role_policy:
            try:
                policy(RoleName=self.own_role, PolicyName="bedrock-gateway")
            except self.iam.exceptions.NoSuchEntityException:
                break
        try:
            self.iam.delete_role(RoleName=self.own_role)
        except self.iam.exceptions.NoSuchEntityException:
            pass
        return self.may(self.iam.create_role, RoleName=self.own_role,
                        AssumeRolePolicyDocument=trust(self.role_arn), **arguments)

    @property
    def role_arn(self) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role/{self.role.name}"

    def gives_itself_everything(self) -> None:
        self.may(self.iam.put_role_policy, RoleName=self.own_role, PolicyName="bedrock-gateway", PolicyDocument=EVERYTHING)

    # One try for each action that can give somebody a right. On what is not this deployment's, it is refused.

    def iam_createrole(self) -> None:
        for boundary in ({}, {"PermissionsBoundary": OF_AWS}, {"PermissionsBoundary": self.loose}):
            made = self.makes_role_again(**boundary)
            self.gives_itself_everything()
            assert self.is_administrator() == [] and not made, boundary
        assert self.makes_role_again(PermissionsBoundary=self.boundary)
        self.gives_itself_everything()
        assert self.assumed() is not None, "the attack itself would not work"
        self.refused(self.iam.create_role, RoleName=f"{self.name}-2", AssumeRolePolicyDocument=trust(ACCOUNT),
                     PermissionsBoundary=self.boundary)

    def iam_putrolepolicy(self) -> None:
        self.gives_itself_everything()
        for role in (self.top, self.role.name):
            self.refused(self.iam.put_role_policy, RoleName=role, PolicyName="more", PolicyDocument=EVERYTHING)
        # A role that somebody else has made without the boundary, or with another.
        iam = self.admin.client("iam")
        iam.delete_role_permissions_boundary(RoleName=self.own_role)
        self.refused(self.iam.put_role_policy, RoleName=self.own_role, PolicyName="x", PolicyDocument=EVERYTHING)
        iam.put_role_permissions_boundary(RoleName=self.own_role, PermissionsBoundary=self.loose)
        self.refused(self.iam.put_role_policy, RoleName=self.own_role, PolicyName="x", PolicyDocument=EVERYTHING)
        assert self.may(self.iam.put_role_permissions_boundary, RoleName=self.own_role, PermissionsBoundary=self.boundary)

    def iam_putrolepermissionsboundary(self) -> None:
        for boundary in (OF_AWS, self.loose):
            self.refused(self.iam.put_role_permissions_boundary, RoleName=self.own_role, PermissionsBoundary=boundary)
        for role in (self.top, self.role.name):
            self.refused(self.iam.put_role_permissions_boundary, RoleName=role, PermissionsBoundary=self.boundary)

    def iam_updateassumerolepolicy(self) -> None:
        for whom in (self.role_arn, f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.role.name}/test", f"arn:aws:iam::{ACCOUNT}:root"):
            assert self.may(self.iam.update_assume_role_policy, RoleName=self.own_role, PolicyDocument=trust(whom))
            assert self.is_administrator() == [], whom
        for role in (self.top, self.role.name):
            self.refused(self.iam.update_assume_role_policy, RoleName=role, PolicyDocument=trust(self.role_arn))

    def iam_tagrole(self) -> None:
        for role in (self.top, self.role.name):
            self.refused(self.iam.tag_role, RoleName=role, Tags=[{"Key": "team", "Value": "administrators"}])

    def iam_passrole(self) -> None:
        self.refused(self.functions.update_function_configuration, FunctionName=self.name, Role=self.top_arn)

    def lambda_createfunction(self) -> None:
        new = {"Runtime": "provided.al2023", "Handler": "bootstrap", "Code": {"ZipFile": package()}}
        self.refused(self.functions.create_function, FunctionName=f"{self.name}-2", Role=self.own_arn, **new)
        self.refused(self.functions.create_function, FunctionName=self.name, Role=self.top_arn, **new)

    def lambda_updatefunctioncode(self) -> None:
        self.refused(self.functions.update_function_code, FunctionName=self.victim, ZipFile=package())

    def lambda_updatefunctionconfiguration(self) -> None:
        self.refused(self.functions.update_function_configuration, FunctionName=self.victim, Handler="x")
        self.refused(self.functions.update_function_configuration, FunctionName=self.name, Role=self.top_arn)

    def lambda_invokefunction(self) -> None:
        self.refused(self.functions.invoke, FunctionName=self.victim)

    def lambda_addpermission(self) -> None:
        self.refused(self.functions.add_permission, FunctionName=self.victim, StatementId="s", Principal="*",
                     Action="lambda:UpdateFunctionCode")

    def lambda_createfunctionurlconfig(self) -> None:
        self.refused(self.functions.create_function_url_config, FunctionName=self.victim, AuthType="NONE")

    def lambda_updatefunctionurlconfig(self) -> None:
        self.refused(self.functions.update_function_url_config, FunctionName=self.victim, AuthType="NONE")

    def lambda_createalias(self) -> None:
        self.refused(self.functions.create_alias, FunctionName=self.victim, Name="live", FunctionVersion="$LATEST")

    def lambda_updatealias(self) -> None:
        self.refused(self.functions.update_alias, FunctionName=self.victim, Name="live", FunctionVersion="1")

    def lambda_publishversion(self) -> None:
        self.refused(self.functions.publish_version, FunctionName=self.victim)

    def lambda_putfunctionconcurrency(self) -> None:
        self.refused(self.functions.put_function_concurrency, FunctionName=self.victim, ReservedConcurrentExecutions=0)

    def lambda_tagresource(self) -> None:
        self.refused(self.functions.tag_resource, Resource=self.functions.get_function(
            FunctionName=self.name)["Configuration"]["FunctionArn"].replace(self.name, self.victim), Tags={"team": "x"})

    def lambda_invokefunctionurl(self) -> None:
        """Through a URL, which the victim does not have: what `lambda:InvokeFunction` reaches is tried above."""

    def logs_createloggroup(self) -> None:
        self.refused(self.role.account.client("logs").create_log_group, logGroupName="/aws/lambda/other")

    def logs_putretentionpolicy(self) -> None:
        self.refused(self.role.account.client("logs").put_retention_policy, logGroupName="/aws/lambda/other",
                     retentionInDays=1)

    def logs_tagresource(self) -> None:
        self.refused(self.role.account.client("logs").create_log_group, logGroupName="/aws/lambda/other", tags={"a": "b"})


@pytest.fixture(scope="module")
def roles(tmp_path_factory, local_account) -> Iterator[Callable[[str], DeployRole]]:
    recorder = Recorder(local_account.endpoint)

    def role(name: str) -> DeployRole:
        home, project = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("project")
        deployment = Deployment(local_account, recorder, home, project, f"{name}-{os.getpid()}")
        # With every setting that takes an action of its own.
        deployment.configure(reserved_concurrency=3)
        return DeployRole(deployment, home)

    yield role
    recorder.close()


@pytest.fixture(scope="module")
def role(roles) -> DeployRole:
    return roles("attacked")


@pytest.fixture(scope="module")
def attack(role: DeployRole, tmp_path_factory) -> Attack:
    binary: Path = never_run(tmp_path_factory.mktemp("binary") / "bootstrap")
    role.provision.done("up", "--yes", "--probe", "none", "--binary", str(binary))
    return Attack(role)


def test_no_action_makes_it_administrator(role: DeployRole, attack: Attack):
    assert attack.is_administrator() == []
    tries = {action for action in role.actions
             if not action.partition(":")[2].startswith(HARMLESS) and not action.startswith("bedrock")}
    assert {"iam:CreateRole", "iam:PassRole", "iam:PutRolePolicy", "lambda:UpdateFunctionCode"} <= tries
    for action in sorted(tries):
        getattr(attack, action.replace(":", "_").lower())()
        assert attack.is_administrator() == [], action

    # Not even together.
    attack.gives_itself_everything()
    attack.may(attack.iam.update_assume_role_policy, RoleName=attack.own_role, PolicyDocument=trust(attack.role_arn))
    assert attack.assumed() is not None
    assert attack.is_administrator() == []


def test_the_boundary_and_the_role_itself_are_out_of_its_reach(role: DeployRole, attack: Attack):
    iam, policy = attack.iam, {"PolicyArn": attack.boundary}
    attack.refused(iam.create_policy, PolicyName=f"{attack.name}-more", PolicyDocument=EVERYTHING)
    attack.refused(iam.create_policy_version, **policy, PolicyDocument=EVERYTHING, SetAsDefault=True)
    attack.refused(iam.set_default_policy_version, **policy, VersionId="v1")
    attack.refused(iam.delete_policy_version, **policy, VersionId="v1")
    attack.refused(iam.delete_policy, **policy)
    for name in (attack.own_role, attack.top, role.name):
        attack.refused(iam.attach_role_policy, RoleName=name, PolicyArn=OF_AWS)
        attack.refused(iam.delete_role_permissions_boundary, RoleName=name)
    attack.refused(iam.delete_role_policy, RoleName=role.name, PolicyName="provision")
    attack.refused(iam.delete_role, RoleName=role.name)


def test_the_functions_role_does_its_work_within_the_boundary(roles):
    """What `up` gives it is what the boundary allows; nothing is lost."""
    role = roles("bounded")
    role.provision.done("up", "--yes", "--binary", str(role.deployment.binary))

    boundary = role.deployment.role()["PermissionsBoundary"]["PermissionsBoundaryArn"]
    assert boundary == f"arn:aws:iam::{ACCOUNT}:policy/{role.deployment.name}-boundary"
    assert "complete in" in role.provision.done("ask", "可決すべきか?").out
    assert "nothing to change" in role.provision.done("up", "--yes", "--binary", str(role.deployment.binary)).err


def test_it_may_give_the_functions_role_to_others_who_get_no_further_until_up_takes_it_back(roles):
    """IAM has no condition for what a trust says, and `up` has to be able to repair it."""
    role = roles("handed-on")
    role.provision.done("up", "--yes", "--probe", "none", "--binary", str(role.deployment.binary))
    attack = Attack(role)
    assert attack.assumed() is None

    assert attack.may(attack.iam.update_assume_role_policy, RoleName=attack.own_role, PolicyDocument=trust(attack.role_arn))
    attack.gives_itself_everything()
    assert attack.assumed() is not None and attack.is_administrator() == []

    role.provision.done("up", "--yes", "--probe", "none", "--binary", str(role.deployment.binary))
    assert attack.assumed() is None
