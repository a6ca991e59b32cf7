"""Set up a clinic without demo data: its name, time zone, and the first admin; further people with --member."""

import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from clinic import audit
from clinic.models import Clinic, Membership, Role, User


class Command(BaseCommand):
    help = "Make a clinic and its first admin, or add a person to it with --member ROLE. Asks for a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--clinic", help="name of the clinic")
        parser.add_argument("--time-zone", help="for example Australia/Sydney")
        parser.add_argument("--member", choices=Role.values, help="add a person with this role")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.objects.first()
        if options["member"] and clinic is None:
            raise CommandError("There is no clinic yet. Run setup without --member first.")
        if not options["member"] and clinic is not None:
            raise CommandError(f"The clinic {clinic.name} is already set up. Add people with --member.")
        with transaction.atomic():
            clinic = clinic or self.make_clinic(options)
            user = self.make_person()
            role = options["member"] or Role.ADMIN
            row = Membership.objects.create(clinic=clinic, user=user, role=role)
            audit.log(clinic, None, "member.added", row, role=role)
        self.stdout.write(f"{user.printed_name} can now sign in at {clinic.name} as {Role(role).label.lower()}.")

    def make_clinic(self, options: dict[str, Any]) -> Clinic:
        clinic = Clinic(
            name=options["clinic"] or input("Name of the clinic: "),
            time_zone=options["time_zone"] or input("Time zone, for example Australia/Sydney: "),
        )
        try:
            clinic.full_clean()
        except ValidationError as wrong:
            raise CommandError("; ".join(wrong.messages)) from wrong
        clinic.save()
        return clinic

    def make_person(self) -> User:
        user = User(username=input("User name: "), first_name=input("First name: "), last_name=input("Last name: "))
        user.title = input("Profession as printed in records (may be empty): ")
        password = getpass.getpass("Password (15 characters or more): ")
        try:
            validate_password(password, user)
            user.set_password(password)
            user.full_clean()
        except ValidationError as wrong:
            raise CommandError("; ".join(wrong.messages)) from wrong
        user.save()
        return user
