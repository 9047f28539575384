"""Generates code from the bundle for clients for every language, and compiles it where a compiler is installed:

    /usr/bin/python3 -B Tests/Interop/languages_test.py [--all]

What is generated is what a developer of a client generates: the commands are those of Proto/README.md, run in the
unpacked bundle. Compiling takes a minute; without --all only one file a language is compiled. A language whose compiler
is missing is said, and with --all it is a failure.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
WHOLE = "--all" in sys.argv
sys.argv = [argument for argument in sys.argv if argument != "--all"]
JAVA = pathlib.Path("/usr/share/java/protobuf.jar")
GO = pathlib.Path("/usr/share/gocode")


def setUpModule():
    global bundle, scratch
    scratch = tempfile.TemporaryDirectory(prefix="jiesuan-languages-")
    unittest.addModuleCleanup(scratch.cleanup)
    script = ROOT / "Proto" / "bundle.py"
    made = subprocess.run(
        ["/usr/bin/python3", "-B", script, scratch.name], check=True, capture_output=True, text=True)
    with zipfile.ZipFile(made.stdout.strip()) as archive:
        archive.extractall(scratch.name)
    bundle = next(path for path in pathlib.Path(scratch.name).iterdir() if path.is_dir())


class Languages(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.out = pathlib.Path(scratch.name) / self.id().rpartition(".")[2]
        self.out.mkdir()

    def command(self, *words, folder=None):
        ended = subprocess.run(
            [str(word) for word in words], cwd=folder or bundle, capture_output=True, text=True, timeout=600)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        return ended.stdout + ended.stderr

    def generate(self, *options):
        protos = sorted(path.relative_to(bundle) for path in bundle.rglob("*.proto"))
        self.assertGreaterEqual(len(protos), 13)
        said = self.command("protoc", *options, "-I", ".", *protos)
        self.assertEqual(said, "", "protoc warns")
        return sorted(path for path in self.out.rglob("*") if path.is_file())

    def need(self, *things):
        for thing in things:
            if not (shutil.which(thing) or pathlib.Path(thing).exists()):
                if WHOLE:
                    self.fail(f"{thing} is not installed")
                self.skipTest(f"{thing} is not installed")

    def some(self, files, name):
        """All of the files, or of a quick run the one that is named."""
        return files if WHOLE else [file for file in files if file.name == name]

    def test_cpp_has_brpcs_stubs(self):
        files = self.generate(f"--cpp_out={self.out}")
        self.assertIn("class SettlementService_Stub",
                      (self.out / "jiesuan/v1/settlement_service.pb.h").read_text(encoding="utf-8"))
        self.need("g++", "/usr/include/google/protobuf/message.h")
        sources = [file for file in files if file.suffix == ".cc"]
        for source in self.some(sources, "error.pb.cc"):
            self.command("g++", "-fsyntax-only", "-Wall", "-Werror", "-I", self.out, source)

    def test_cpp_for_grpc_needs_the_stubs_of_brpc_taken_out(self):
        self.need("grpc_cpp_plugin")
        copy = self.out / "protos"
        shutil.copytree(bundle, copy)
        for proto in (copy / "jiesuan" / "v1").glob("*.proto"):
            self.command("sed", "-i", "/^option cc_generic_services/d", proto)
        services = sorted(
            path.relative_to(copy) for path in (copy / "jiesuan/v1").glob("*.proto") if path.stem.endswith("_service"))
        self.command("protoc", f"--grpc_out={self.out}", f"--plugin=protoc-gen-grpc={shutil.which('grpc_cpp_plugin')}",
                     "-I", ".", *services, folder=copy)
        self.assertEqual(len(list(self.out.glob("jiesuan/v1/*.grpc.pb.cc"))), len(services))
        if WHOLE:
            # Of messages and stubs from the same files: those for brpc have the names of gRPC's.
            self.need("g++", "/usr/include/grpcpp/grpcpp.h")
            self.command("protoc", f"--cpp_out={self.out}", "-I", ".",
                         *sorted(path.relative_to(copy) for path in copy.rglob("*.proto")), folder=copy)
            self.command("g++", "-fsyntax-only", "-Wall", "-Werror", "-I", self.out,
                         self.out / "jiesuan/v1/settlement_service.grpc.pb.cc")

    def test_java_has_a_file_a_class_in_its_package(self):
        self.generate(f"--java_out={self.out}")
        for name in ("Claim", "SettleRequest", "DomainError", "SettlementServiceProto"):
            text = (self.out / f"jiesuan/v1/{name}.java").read_text(encoding="utf-8")
            self.assertIn("package jiesuan.v1;", text)
        self.need("javac", JAVA)
        classes = self.out / "classes"
        classes.mkdir()
        first = "SettleBatchResponse.java" if WHOLE else "DomainError.java"
        sources = self.out.rglob("*.java") if WHOLE else [self.out / "jiesuan/v1" / first]
        self.command("javac", "-nowarn", "-proc:none", "-cp", JAVA, "-sourcepath", self.out, "-d", classes, *sources)
        self.assertTrue((classes / "jiesuan/v1/DomainError.class").exists())

    def test_go_has_its_packages_without_options(self):
        self.need("protoc-gen-go")
        files = self.generate(f"--go_out={self.out}", "--go_opt=module=jiesuan.example")
        folders = {str(file.parent.relative_to(self.out)) for file in files}
        self.assertEqual(folders, {"baidu_std", "jiesuan/v1"})
        self.assertIn("\npackage jiesuanv1\n", (self.out / "jiesuan/v1/claim.pb.go").read_text(encoding="utf-8"))
        self.need("gofmt")
        self.assertEqual(self.command("gofmt", "-l", "-e", self.out), "")
        if WHOLE:
            self.need("go", GO)
            source = self.out / "path" / "src" / "jiesuan.example"
            source.mkdir(parents=True)
            for part in ("baidu_std", "jiesuan"):
                shutil.copytree(self.out / part, source / part)
            self.command("env", "GO111MODULE=off", f"GOPATH={self.out}/path:{GO}", "go", "vet",
                         "jiesuan.example/jiesuan/v1", "jiesuan.example/baidu_std")

    def test_python_imports_every_module(self):
        files = self.generate(f"--python_out={self.out}")
        modules = [str(file.relative_to(self.out)).removesuffix(".py").replace("/", ".") for file in files]
        self.command("/usr/bin/python3", "-B", "-c", f"import {', '.join(modules)}", folder=self.out)

    def test_csharp_has_its_namespace(self):
        files = self.generate(f"--csharp_out={self.out}", "--csharp_opt=base_namespace=")
        text = next(file for file in files if file.name == "SettlementService.cs").read_text(encoding="utf-8")
        self.assertIn("namespace Jiesuan.V1 {", text)

    def test_objective_c_php_and_ruby_are_generated(self):
        for language in ("objc", "php", "ruby"):
            with self.subTest(language):
                (self.out / language).mkdir()
                self.generate(f"--{language}_out={self.out / language}")
        header = (self.out / "objc/jiesuan/v1/Claim.pbobjc.h").read_text(encoding="utf-8")
        self.assertIn("@interface JSNClaim ", header)

    def test_nothing_of_proto2_is_left_and_every_file_has_the_same_options(self):
        options = {}
        for proto in bundle.rglob("*.proto"):
            text = proto.read_text(encoding="utf-8")
            self.assertIn('syntax = "proto3";', text, proto.name)
            words = [line.split()[1] for line in text.splitlines() if line.startswith("option ")]
            self.assertEqual("\nservice " in text, "cc_generic_services" in words, proto.name)
            options[proto.name] = sorted(set(words) - {"cc_generic_services"})
        self.assertEqual(len({str(words) for words in options.values()}), 1, options)

    def test_the_bundle_has_every_error_code_and_says_how(self):
        errors = (bundle / "ERRORS.md").read_text(encoding="utf-8")
        proto = (bundle / "jiesuan/v1/error.proto").read_text(encoding="utf-8")
        codes = re.findall(r"^  [A-Z_]+ = (4\d\d\d);", proto, re.MULTILINE)
        self.assertGreater(len(codes), 40)
        for code in codes:
            self.assertIn(f"| {code} |", errors)
        readme = (bundle / "README.md").read_text(encoding="utf-8")
        for word in ("--cpp_out", "--java_out", "--go_out", "--csharp_out", "grpc_tools.protoc", "ERRORS.md"):
            self.assertIn(word, readme)


if __name__ == "__main__":
    unittest.main(verbosity=2)
