"""Serves sushy-tools' emulator with its libvirt driver, over TLS with Basic authentication, until standard input ends.

The driver keeps BIOS attributes in a domain's metadata. libvirt's own Python bindings are on PyPI as C source alone, so
a module with one domain in memory stands in for them; everything of Redfish and BIOS is sushy-tools'.
"""

import json
import os
import sys
import tempfile
import threading
import types
import xml.etree.ElementTree as ET


class LibvirtError(Exception):
    pass


class Domain:
    xml = """
    <domain type="test">
      <name>node7</name><uuid>c7a5fdbd-cdaf-9455-926a-d65c16db1809</uuid>
      <memory>8388608</memory><vcpu>2</vcpu><os><type arch="x86_64">hvm</type><boot dev="hd"/></os><devices/>
    </domain>"""
    active = False

    def XMLDesc(self, flags=0):
        return Domain.xml

    def UUIDString(self):
        return ET.fromstring(Domain.xml).find("uuid").text

    def name(self):
        return "node7"

    def isActive(self):
        return Domain.active

    def create(self):
        Domain.active = True

    def destroy(self):
        Domain.active = False

    def maxMemory(self):
        return 8388608

    def maxVcpus(self):
        return 2


class Connection:
    def listAllDomains(self):
        return [Domain()]

    def lookupByUUID(self, uuid):
        return Domain()

    def lookupByName(self, name):
        raise LibvirtError(f"no domain {name}")

    def defineXML(self, xml):
        Domain.xml = xml

    def close(self):
        pass


libvirt = types.ModuleType("libvirt")
libvirt.libvirtError = LibvirtError
libvirt.open = libvirt.openReadOnly = lambda uri: Connection()
libvirt.VIR_DOMAIN_XML_INACTIVE = 2
libvirt.VIR_DOMAIN_XML_SECURE = 1
sys.modules["libvirt"] = libvirt

import bcrypt  # noqa: E402
from sushy_tools.emulator.main import app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

task = json.loads(sys.stdin.readline())
with tempfile.TemporaryDirectory() as folder:
    users = os.path.join(folder, "htpasswd")
    hashed = bcrypt.hashpw(task["password"].encode(), bcrypt.gensalt(rounds=4)).decode()
    with open(users, "w", encoding="utf-8") as file:
        file.write(f"{task['user']}:{hashed}\n")
    app.configure(
        extra_config={
            "SUSHY_EMULATOR_AUTH_FILE": users,
            "SUSHY_EMULATOR_LIBVIRT_URI": "test:///default",
            "SUSHY_EMULATOR_STATE_DIR": folder,
        }
    )
    server = make_server("127.0.0.1", 0, app, ssl_context=(task["certificate"], task["key"]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    server.shutdown()
